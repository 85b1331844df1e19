import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type ImportRules, importRules } from './import-rules.ts';
import { importedPaths } from './imported-paths.ts';

const table = 'setup/import-rules.ts';
const outsideOfSrc = '..';
const listed = (names = ''): string[] => names.split(' ').filter((name) => name !== '');
const named = (row: string): string => (row === '.' ? 'files directly in src' : `src/${row}`);

/** What is wrong with the imports of `root`/src, as `file:line: message`, and with the table of rules itself. */
export async function importProblems(root: string, rules: ImportRules = importRules): Promise<string[]> {
  const entries = await readdir(join(root, 'src'), { recursive: true });
  const files = entries.filter((file) => file.endsWith('.ts')).sort();
  const problems: string[] = [];
  const needed = new Set<string>();
  for (const file of files) {
    const text = await readFile(join(root, 'src', file), 'utf8');
    for (const { path, line } of importedPaths(`src/${file}`, text)) {
      const problem = path?.startsWith('.')
        ? relativeProblem(file, posix.join(posix.dirname(file), path), files, rules, needed)
        : otherProblem(file, path, rules);
      if (problem !== null) problems.push(`src/${file}:${line}: ${problem}`);
    }
  }
  return [...problems, ...tableProblems(files, rules, needed)];
}

function relativeProblem(
  file: string,
  target: string,
  files: readonly string[],
  rules: ImportRules,
  needed: Set<string>,
): string | null {
  const from = rowOf(file, rules);
  const to = rowOf(target, rules);
  const pair = `${file} → ${target}`;
  // A folder without a row is told with the table.
  if (from === undefined) return null;
  const allowed = listed(rules.folders[from]);
  if (to === undefined || (to !== from && !allowed.includes(to))) {
    if (pair in rules.exceptions) needed.add(pair);
    else if (target.startsWith(outsideOfSrc)) return `src may import nothing from outside of src (${table})`;
    else
      return `${named(from)} may import only ${['itself', ...allowed.map(named)].join(', ')}, not src/${target} (${table})`;
  }
  // tsc knows where imports lead, and nothing of the entries of workers.
  const isLost = !target.startsWith(outsideOfSrc) && target.endsWith('.ts') && !files.includes(target);
  return isLost ? `there is no src/${target}` : null;
}

function otherProblem(file: string, path: string | null, rules: ImportRules): string | null {
  if (path === null) return 'import a fixed path, so that the import rules see it';
  if (/^([/#]|(?!node:)[a-z]+:)/i.test(path)) return `import by a relative path, not ${path}`;
  const name = path.startsWith('node:') ? path : (path.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? path);
  const owners = rules.packagesOnlyIn[name];
  if (owners !== undefined && !listed(owners).some((owner) => isIn(file, owner)))
    return `only ${listed(owners).map(named).join(', ')} may import ${name} (${table})`;
  for (const [folder, packages] of Object.entries(rules.pure))
    if (isIn(file, folder) && !listed(packages).includes(name))
      return `${named(folder)} is pure: no I/O, no clock, so not ${name}; facts and files come in as arguments (${table})`;
  return null;
}

function tableProblems(files: readonly string[], rules: ImportRules, needed: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  const rows = Object.keys(rules.folders);
  const ruleless = files.filter((file) => rowOf(file, rules) === undefined);
  for (const folder of new Set(ruleless.map((file) => file.split('/')[0])))
    problems.push(`src/${folder} has no row`);
  const names = [...Object.values(rules.folders), ...Object.values(rules.packagesOnlyIn)].flatMap(listed);
  for (const name of new Set([...names, ...Object.keys(rules.pure)]))
    if (!rows.includes(name)) problems.push(`${name} is named and has no row`);
  for (const row of rows)
    if (!files.some((file) => isIn(file, row))) problems.push(`${row} has a row and is not in src`);
  for (const pair of Object.keys(rules.exceptions))
    if (!needed.has(pair)) problems.push(`the exception ${pair} is not needed`);
  return problems.map((problem) => `${table}: ${problem}`);
}

/** The row for a file: the longest that holds it. */
function rowOf(file: string, { folders }: ImportRules): string | undefined {
  const rows = Object.keys(folders).filter((row) => isIn(file, row));
  return rows.sort((one, other) => other.length - one.length)[0];
}

function isIn(file: string, row: string): boolean {
  if (row === '.') return !file.includes('/') && !file.startsWith(outsideOfSrc);
  return file === row || file.startsWith(`${row}/`);
}
