import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { structuredPatch } from 'diff';
import type { FileChange } from '../../policy/rule-change.ts';
import type { RuleTexts } from '../../rules/changes/change-store.ts';
import type { RuleFile } from '../../rules/rule-files.ts';

const maxTextBytes = 8 * 1024 * 1024;
const maxFilesShown = 50;
/** Of all files of a change together, and of one line. */
const maxLines = 600;
const maxLineLength = 300;
const diffMs = 3000;

/** Keeps the texts of rule files by their digest. @throws of node:fs, or because they are too long */
export function keepTexts(dir: string, files: readonly RuleFile[]): RuleTexts {
  const bytes = files.reduce((sum, { text }) => sum + text.length, 0);
  if (bytes > maxTextBytes) throw new Error(`the rule files have more than ${maxTextBytes} characters`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return Object.fromEntries(
    files.map(({ path, text }) => {
      const digest = createHash('sha256').update(text).digest('hex');
      const kept = join(dir, digest);
      if (!existsSync(kept)) {
        writeFileSync(`${kept}.new`, text, { mode: 0o600 });
        renameSync(`${kept}.new`, kept);
      }
      return [path, digest];
    }),
  );
}

/** What changed in the rule files, bounded. @param base texts of before, kept in `dir` */
export function fileChanges(
  dir: string,
  base: RuleTexts,
  files: readonly RuleFile[],
  now: RuleTexts,
): FileChange[] {
  const paths = [...new Set([...Object.keys(base), ...Object.keys(now)])].filter(
    (path) => base[path] !== now[path],
  );
  let left = maxLines;
  return paths.slice(0, maxFilesShown).map((path) => {
    const before = textOf(dir, base[path]);
    const after = files.find((one) => one.path === path)?.text ?? '';
    const change = base[path] === undefined ? 'added' : now[path] === undefined ? 'removed' : 'changed';
    const patch = structuredPatch(path, path, before, after, '', '', { context: 3, timeout: diffMs });
    if (patch === undefined)
      return { path, change, linesAdded: 0, linesRemoved: 0, hunks: [], isWhole: false };
    const count = (sign: string) =>
      patch.hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(sign)).length, 0);
    const hunks: { from: number; to: number; lines: string[] }[] = [];
    let isWhole = true;
    for (const { oldStart, newStart, lines } of patch.hunks) {
      const shown = lines.slice(0, left).map((line) => line.slice(0, maxLineLength));
      if (shown.length < lines.length) isWhole = false;
      left -= shown.length;
      if (shown.length > 0) hunks.push({ from: oldStart, to: newStart, lines: shown });
    }
    return { path, change, linesAdded: count('+'), linesRemoved: count('-'), hunks, isWhole };
  });
}

function textOf(dir: string, digest: string | undefined): string {
  if (digest === undefined || !/^[0-9a-f]{64}$/.test(digest)) return '';
  try {
    return readFileSync(join(dir, digest), 'utf8');
  } catch {
    return '';
  }
}
