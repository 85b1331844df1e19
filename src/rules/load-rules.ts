import { isUtf8 } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CompileResult, compilePolicy } from '../policy/compile.ts';
import { type Problem, sortProblems } from '../policy/problem.ts';

/** Ten million numbers with names are below this. */
const maxFileBytes = 400 * 1024 * 1024;

/**
 * Reads and compiles a rule directory: policy.yaml, prompts.yaml, lists/*.csv and lists/*.txt.
 * Never rejects for what is there or missing; problems name files as `dir` was typed.
 */
export async function loadRules(dir: string): Promise<CompileResult> {
  const problems: Problem[] = [];
  const files: { path: string; text: string }[] = [];
  for (const path of ['policy.yaml', 'prompts.yaml', ...(await listFiles(dir))]) {
    const text = await readRuleText(dir, path, problems);
    if (text !== null) files.push({ path, text });
  }
  const compiled = compilePolicy({ root: dir, files });
  const unread = new Set(problems.filter(({ severity }) => severity === 'error').map(({ file }) => file));
  // What was there and could not be read is not missing as well.
  const rest = compiled.problems.filter(({ code, file }) => !(code === 'missing-file' && unread.has(file)));
  return {
    policy: unread.size > 0 ? null : compiled.policy,
    problems: sortProblems([...problems, ...rest]),
  };
}

async function listFiles(dir: string): Promise<string[]> {
  try {
    const names = await readdir(join(dir, 'lists'));
    return names.filter((name) => /^[^.].*\.(csv|txt)$/.test(name)).map((name) => `lists/${name}`);
  } catch {
    return [];
  }
}

/** Null when the file is not there (what needs it complains) or cannot be read (complained of here). */
async function readRuleText(dir: string, path: string, problems: Problem[]): Promise<string | null> {
  const file = `${dir.replace(/\/+$/, '')}/${path}`;
  const complain = (severity: Problem['severity'], message: string, remedy: string, code: string) => {
    problems.push({ severity, file, line: 1, column: 1, message, remedy, code });
  };
  try {
    const { size } = await stat(join(dir, path));
    if (size > maxFileBytes) {
      const remedy = 'split the file into several lists';
      complain('error', `the file has ${size} bytes; at most ${maxFileBytes} are read`, remedy, 'too-large');
      return null;
    }
    const bytes = await readFile(join(dir, path));
    if (!isUtf8(bytes)) {
      const remedy = 'save the file as UTF-8 (in a spreadsheet: "CSV UTF-8")';
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
