import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ListLibrary } from '../lists/list-library.ts';
import { listEndings } from '../lists/readers/registry.ts';
import type { Region } from '../numbers/phone-number.ts';
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
import { filesIn, hasEnding, isYaml, type RuleFile, readRuleFiles, yamlEndings } from './rule-files.ts';

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
  readonly files: readonly RuleFile[];
  readonly listFiles: readonly string[];
  /** Of files that could not be read. */
  readonly problems: readonly Problem[];
  readonly policy: ReadPolicyFile | null;
  readonly lists: readonly DeclaredList[];
  /** Null: policy.yaml cannot be read, and no list is declared. */
  readonly region: Region | null;
}

/** The files of `readRuleFiles`, policy.yaml looked into; never rejects for what is there or missing. */
export async function readRules(dir: string): Promise<ReadRules> {
  const { from, files, problems: unread } = await readRuleFiles(dir);
  const problems = [...unread];
  const text = files.find(({ path }) => path === 'policy.yaml')?.text;
  const policy = text === undefined ? null : readPolicyFile(`${dir.replace(/\/+$/, '')}/policy.yaml`, text);
  const declared = declaredListsOf(policy?.rules ?? null);
  // Of rules that cannot be read it is not known which lists they name.
  problems.push(...(await ignoredFiles(dir, from, declared.region === null ? null : declared.lists)));
  return { dir, from, files, listFiles: await filesIn(from, 'lists', isList), problems, policy, ...declared };
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

const readEndings = { calendars: yamlEndings, cases: yamlEndings, lists: listEndings } as const;
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
  return folder === 'lists' ? isList(name) : isYaml(name);
}

function isList(name: string): boolean {
  return hasEnding(name.replace(/\.gz$/, ''), listEndings);
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
