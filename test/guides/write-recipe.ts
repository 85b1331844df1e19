import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Recipe } from './guide.ts';

/** Writes a recipe into `dir` as its reader does. */
export async function writeRecipe(dir: string, { files }: Recipe): Promise<void> {
  const shipped = await readFile('rules/prompts.yaml', 'utf8');
  const all = { ...files, 'prompts.yaml': `${shipped.trimEnd()}\n${files['prompts.yaml'] ?? ''}` };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}
