import { isUtf8 } from 'node:buffer';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError, readRegular } from '../lists/regular-file.ts';
import { claimedNamesFile } from '../policy/claimed-names.ts';
import type { Problem } from '../policy/problem.ts';

/** policy.yaml has a bound of its own, which is lower. */
const maxFileBytes = 16 * 1024 * 1024;
/** Of the names in calendars/ and cases/, each. */
const maxFiles = 1000;

export const yamlEndings = ['yaml', 'yml'] as const;

/** One file of a rule directory; its path is within the directory. */
export interface RuleFile {
  readonly path: string;
  readonly text: string;
}

/** The texts of a rule directory, not looked into. */
export interface RuleFiles {
  /** The directory without links. */
  readonly from: string;
  readonly files: readonly RuleFile[];
  /** Of files that could not be read. */
  readonly problems: readonly Problem[];
}

/** Reads policy.yaml, prompts.yaml, claimed-names.yaml if there is one, calendars/ and cases/; never rejects for what is there or missing. */
export async function readRuleFiles(dir: string): Promise<RuleFiles> {
  const problems: Problem[] = [];
  const files: RuleFile[] = [];
  // A link that is set to another directory meanwhile must not mix the two.
  const from = await realpath(dir).catch(() => dir);
  const folders = await Promise.all(
    ['calendars', 'cases'].map(async (folder) => (await filesIn(from, folder, isYaml)).slice(0, maxFiles)),
  );
  for (const path of ['policy.yaml', 'prompts.yaml', claimedNamesFile, ...folders.flat()]) {
    const text = await readRuleText(dir, from, path, problems);
    if (text !== null) files.push({ path, text });
  }
  return { from, files, problems };
}

/** Paths within the directory, in the order of their names. */
export async function filesIn(
  dir: string,
  folder: string,
  isRead: (name: string) => boolean,
): Promise<string[]> {
  const names = await readdir(join(dir, folder)).catch(() => []);
  return names
    .filter(isRead)
    .sort()
    .map((name) => `${folder}/${name}`);
}

export function isYaml(name: string): boolean {
  return hasEnding(name, yamlEndings);
}

/** Hidden files have none. @param endings without their dots */
export function hasEnding(name: string, endings: readonly string[]): boolean {
  return !name.startsWith('.') && endings.some((ending) => name.slice(1).endsWith(`.${ending}`));
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
