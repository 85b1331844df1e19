import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export async function renderLabPrompts(_rules: string, dir: string): Promise<void> {
  await mkdir(join(dir, 'prompts'), { recursive: true });
}
