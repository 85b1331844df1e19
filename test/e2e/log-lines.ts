import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';

/** What Gatehouse has logged, in order. A line that is only half written yet is left out. */
export async function logLines(lab: Lab): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const text = await readFile(join(lab.dir, 'log', 'gatehouse.log'), 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
