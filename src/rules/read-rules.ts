import { isUtf8 } from 'node:buffer';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ListLibrary } from '../lists/list-library.ts';
import { listEndings } from '../lists/readers/registry.ts';
import { fileError, readRegular } from '../lists/regular-file.ts';
import type { Region } from '../numbers/phone-number.ts';
import { claimedNamesFile } from '../policy/compile/claimed-names-shape.ts';
import {
  type CompileResult,
  compilePolicy,
  type ReadPolicyFile,
  readPolicyFile,
} from '../policy/compile/compile.ts';
import { type DeclaredList, declaredListsOf, type ReadyList } from '../policy/compile/declared-lists.ts';
import { type Problem, sortProblems } from '../policy/problem.ts';
import type { HolidayFinder } from '../policy/time/holidays.ts';
import { holidayFinder } from './holiday-finder.ts';

/** policy.yaml has a bound of its own, which is lower. */
const maxFileBytes = 16 * 1024 * 1024;
/** Of the names in calendars/ and cases/, each. */
const maxFiles = 1000;
const maxIgnored = 20;

export type Progress = (stage: string, done?: number, total?: number) => void;

export interface CompileOptions {
  readonly progress?: Progress;
  /** It was accepted before: a case that fails because of today's date does not refuse it. */
  readonly wasAccepted?: boolean;
}

/** The files of a rule directory; its lists are declared and not read yet. */
export interface ReadRules {
  readonly dir: string;
  /** The directory without links. */
  readonly from: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly listFiles: readonly string[];
  /** Of files that could not be read. */
  readonly problems: readonly Problem[];
  readonly policy: ReadPolicyFile | null;
  readonly lists: readonly DeclaredList[];
  /** Null: policy.yaml cannot be read, and no list is declared. */
  readonly region: Region | null;
}

/** Reads policy.yaml, prompts.yaml, claimed-names.yaml if there is one, calendars/ and cases/; never rejects for what is there or missing. */
export async function readRules(dir: string): Promise<ReadRules> {
  const problems: Problem[] = [];
  const files: { path: string; text: string }[] = [];
  // A link that is set to another directory meanwhile must not mix the two.
  const from = await realpath(dir).catch(() => dir);
  const folders = await Promise.all(
    (['calendars', 'cases'] as const).map(async (folder) => (await filesIn(from, folder)).slice(0, maxFiles)),
  );
  for (const path of ['policy.yaml', 'prompts.yaml', claimedNamesFile, ...folders.flat()]) {
    const text = await readRuleText(dir, from, path, problems);
    if (text !== null) files.push({ path, text });
  }
  const text = files.find(({ path }) => path === 'policy.yaml')?.text;
  const policy = text === undefined ? null : readPolicyFile(`${dir.replace(/\/+$/, '')}/policy.yaml`, text);
  const declared = declaredListsOf(policy?.rules ?? null);
  // Of rules that cannot be read it is not known which lists they name.
  problems.push(...(await ignoredFiles(dir, from, declared.region === null ? null : declared.lists)));
  return { dir, from, files, listFiles: await filesIn(from, 'lists'), problems, policy, ...declared };
}

/** Compiles and proves what was read, and runs the cases. @param lists by id, all that are declared */
export async function compileRead(
  read: ReadRules,
  lists: ReadonlyMap<string, ReadyList>,
  { progress = () => undefined, wasAccepted = false }: CompileOptions = {},
): Promise<CompileResult> {
  const { dir, files, problems, policy: readPolicy } = read;
  const holidays = asksHolidays(read) ? await holidayFinder() : null;
  const compiled = compilePolicy({
    ...{ root: dir, files, listFiles: read.listFiles, lists, now: Date.now(), progress, wasAccepted },
    ...(readPolicy && { policy: readPolicy }),
    ...(holidays && { holidays }),
  });
  const unread = new Set(problems.filter(({ severity }) => severity === 'error').map(({ file }) => file));
  // What was there and could not be read is not missing as well.
  const elsewhere = await linkedElsewhere(read);
  const rest = compiled.problems
    .filter(({ code, file }) => !(code === 'missing-file' && unread.has(file)))
    .map((one) => (elsewhere.has(one.file) ? withoutContent(one) : one));
  const policy = unread.size > 0 ? null : compiled.policy;
  return { ...compiled, policy, problems: sortProblems([...problems, ...rest]) };
}

/** For what `compileRead` compiled. */
export async function holidaysOf(read: ReadRules): Promise<HolidayFinder | null> {
  return asksHolidays(read) ? holidayFinder() : null;
}

function asksHolidays({ files }: ReadRules): boolean {
  return files.some(({ path, text }) => !path.startsWith('cases/') && /\bholidays?\b/.test(text));
}

const readEndings = { calendars: ['yaml', 'yml'], cases: ['yaml', 'yml'], lists: listEndings } as const;
type RuleFolder = keyof typeof readEndings;

/** Files that somebody put there to be read, and that are not; not those that are there for people. */
async function ignoredFiles(
  dir: string,
  from: string,
  lists: readonly DeclaredList[] | null,
): Promise<Problem[]> {
  const declared = new Set((lists ?? []).map(({ source }) => (source.kind === 'file' ? source.path : '')));
  const found = Object.entries(readEndings).map(async ([folder, endings]) => {
    const entries = await readdir(join(from, folder), { withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => !entry.isDirectory() && !/^\.|^readme\b|~$|\.(md|json)$/i.test(entry.name))
      .filter(
        ({ name }) =>
          ((folder === 'lists' && lists !== null) || !isRead(folder as RuleFolder, name)) &&
          !declared.has(`${folder}/${name}`),
      )
      .slice(0, maxIgnored)
      .map(
        ({ name }): Problem => ({
          ...{ severity: 'warning', line: 1, column: 1, code: 'ignored-file' },
          file: `${dir.replace(/\/+$/, '')}/${folder}/${name}`,
          ...whyIgnored(folder as RuleFolder, name, endings),
        }),
      );
  });
  return (await Promise.all(found)).flat();
}

function whyIgnored(
  folder: RuleFolder,
  name: string,
  endings: readonly string[],
): Pick<Problem, 'message' | 'remedy'> {
  if (isRead(folder, name))
    return {
      message: 'the file is not read: no list in policy.yaml names it',
      remedy: `add a list under lists: in policy.yaml, as ${name.replace(/\..*/, '')}: { file: ${folder}/${name} }; or take the file away`,
    };
  if (isRead(folder, name.toLowerCase()))
    return {
      message: 'the file is not read: its name ends in capital letters',
      remedy: `call it ${name.slice(0, name.lastIndexOf('.'))}${name.slice(name.lastIndexOf('.')).toLowerCase()}`,
    };
  return {
    message: 'the file is not read: its name has no ending that is read here',
    remedy: `${folder}/ holds ${endings.map((ending) => `.${ending}`).join(', ')}${folder === 'calendars' ? '; write the days of an .ics as a calendar' : ''}; or take the file away`,
  };
}

function isRead(folder: RuleFolder, name: string): boolean {
  const plain = folder === 'lists' ? name.replace(/\.gz$/, '') : name;
  return !name.startsWith('.') && readEndings[folder].some((ending) => plain.slice(1).endsWith(`.${ending}`));
}

/** In the order of their names. */
async function filesIn(dir: string, folder: RuleFolder): Promise<string[]> {
  const names = await readdir(join(dir, folder)).catch(() => []);
  return names
    .filter((name) => isRead(folder, name))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** Null when the file is not there (what needs it complains) or cannot be read (complained of here). */
async function readRuleText(
  dir: string,
  from: string,
  path: string,
  problems: Problem[],
): Promise<string | null> {
  const file = `${dir.replace(/\/+$/, '')}/${path}`;
  const complain = (severity: Problem['severity'], message: string, remedy: string, code: string) => {
    problems.push({ severity, file, line: 1, column: 1, message, remedy, code });
  };
  try {
    const bytes = await readRegular(join(from, path), maxFileBytes, 'move numbers to a list file');
    if (isUtf16(bytes)) {
      const said = 'the file is saved as UTF-16 (Windows calls it Unicode), and cannot be read';
      complain('error', said, 'save it again as UTF-8', 'utf-16');
      return null;
    }
    if (!isUtf8(bytes)) {
      const remedy = 'save the file as UTF-8';
      complain('warning', 'the file is not UTF-8; names in it may show wrong letters', remedy, 'not-utf8');
    }
    return bytes.toString('utf8');
  } catch (error) {
    const { code, message, remedy } = fileError(error);
    if (code !== 'missing-file') complain('error', message, remedy, code);
    else if (await isLink(join(from, path)))
      complain(
        'error',
        'the file is a link to a file that is not there',
        'put the file back where the link points to, or put the file itself in place of the link',
        'broken-link',
      );
    return null;
  }
}

/** With its mark at the beginning, or every other byte of the first ones zero. */
function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return bytes.length >= 4 && (first === 0) !== (second === 0) && (bytes[2] === 0) !== (bytes[3] === 0);
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isSymbolicLink() ?? false;
}

/** Lists that are links to files elsewhere: what is in those is not for everybody who may read a message. */
async function linkedElsewhere({ from, dir, lists }: ReadRules): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const { source } of lists) {
    if (source.kind !== 'file') continue;
    const path = await realpath(join(from, source.path)).catch(() => null);
    if (path !== null && !path.startsWith(`${from}/`)) found.add(`${dir.replace(/\/+$/, '')}/${source.path}`);
  }
  return found;
}

function withoutContent(problem: Problem): Problem {
  return {
    ...problem,
    message: problem.message.replace(/"(?:[^"\\]|\\.)*"?/g, '"…"'),
    remedy: 'look at the file that the link points to; what stands in it is not shown here',
  };
}

/**
 * Reads and compiles a rule directory in this thread: policy.yaml, prompts.yaml, calendars/, cases/ and the lists that
 * policy.yaml declares. A failing case refuses the policy. Calls must not wait for it: serving, `loadBesideCalls`.
 * Never rejects for what is there or missing; problems name files as `dir` was typed.
 * @param lists what keeps lists between one reading and the next; left out: each is read from its file
 */
export async function loadRules(
  dir: string,
  lists?: ListLibrary,
  progress: Progress = () => undefined,
): Promise<CompileResult> {
  progress('reading the rule files');
  const read = await readRules(dir);
  const library = lists ?? new ListLibrary({ dir: null, serving: false });
  progress('reading the lists');
  const ready = read.region
    ? await library.open(read.lists, read.region, dir, read.from)
    : new Map<string, never>();
  progress('compiling the rules');
  const found = await compileRead(read, ready, { progress });
  if (found.policy && read.region) library.follow(read.lists, read.region);
  return found;
}
