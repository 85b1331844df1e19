import { isUtf8 } from 'node:buffer';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ListLibrary } from '../lists/list-library.ts';
import { type CompileResult, compilePolicy } from '../policy/compile.ts';
import { declaredLists } from '../policy/declared-lists.ts';
import { type Problem, sortProblems } from '../policy/problem.ts';
import { holidayFinder } from './holiday-finder.ts';

/** policy.yaml has a bound of its own, which is lower. */
const maxFileBytes = 16 * 1024 * 1024;

/**
 * Reads and compiles a rule directory: policy.yaml, prompts.yaml, calendars/, cases/ and the lists that policy.yaml
 * declares. A failing case refuses the policy.
 * Never rejects for what is there or missing; problems name files as `dir` was typed.
 * @param lists what keeps lists between one reading and the next; left out: each is read from its file
 */
export async function loadRules(dir: string, lists?: ListLibrary): Promise<CompileResult> {
  const problems: Problem[] = [];
  const files: { path: string; text: string }[] = [];
  // A link that is set to another directory meanwhile must not mix the two.
  const from = await realpath(dir).catch(() => dir);
  const folders = await Promise.all(['calendars', 'cases'].map((folder) => yamlFiles(from, folder)));
  for (const path of ['policy.yaml', 'prompts.yaml', ...folders.flat()]) {
    const text = await readRuleText(dir, from, path, problems);
    if (text !== null) files.push({ path, text });
  }
  const declared = declaredLists(files.find(({ path }) => path === 'policy.yaml')?.text ?? '');
  const library = lists ?? new ListLibrary({ dir: null, serving: false });
  const ready = declared.region
    ? await library.open(declared.lists, declared.region, dir, from)
    : new Map<string, never>();
  const deciding = files.filter(({ path }) => !path.startsWith('cases/'));
  const asksHolidays = deciding.some(({ text }) => /\bholidays?\b/.test(text));
  const compiled = compilePolicy({
    root: dir,
    files,
    listFiles: await listFiles(from),
    lists: ready,
    now: Date.now(),
    ...(asksHolidays && { holidays: await holidayFinder() }),
  });
  const unread = new Set(problems.filter(({ severity }) => severity === 'error').map(({ file }) => file));
  // What was there and could not be read is not missing as well.
  const rest = compiled.problems.filter(({ code, file }) => !(code === 'missing-file' && unread.has(file)));
  const policy = unread.size > 0 ? null : compiled.policy;
  if (policy && declared.region) library.follow(declared.lists, declared.region);
  return { ...compiled, policy, problems: sortProblems([...problems, ...rest]) };
}

async function listFiles(dir: string): Promise<string[]> {
  const names = await readdir(join(dir, 'lists')).catch(() => []);
  return names.filter((name) => /^[^.].*\.(csv|txt)$/.test(name)).map((name) => `lists/${name}`);
}

async function yamlFiles(dir: string, folder: string): Promise<string[]> {
  const names = await readdir(join(dir, folder)).catch(() => []);
  return names
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
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
    const { size } = await stat(join(from, path));
    if (size > maxFileBytes) {
      const remedy = 'move numbers to a list file';
      complain('error', `the file has ${size} bytes; at most ${maxFileBytes} are read`, remedy, 'too-large');
      return null;
    }
    const bytes = await readFile(join(from, path));
    if (!isUtf8(bytes)) {
      const remedy = 'save the file as UTF-8';
      complain('warning', 'the file is not UTF-8; names in it may show wrong letters', remedy, 'not-utf8');
    }
    return bytes.toString('utf8');
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      const remedy = 'check that it is a file and that this user may read it';
      complain('error', `the file cannot be read (${code})`, remedy, 'unreadable');
    }
    return null;
  }
}
