import { createHash } from 'node:crypto';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderPrompts } from '../src/prompts/render-prompts.ts';
import { loadRules } from '../src/rules/read-rules.ts';
import { cacheDir } from './asterisk-root.ts';
import { withLock } from './setup/lock.ts';

/** Renders the prompts of these rules, once for the same words, and copies them into the lab. Broken rules: nothing. */
export async function renderLabPrompts(rules: string, dir: string): Promise<void> {
  const { policy } = await loadRules(rules);
  if (policy === null) return;
  const words = await readFile(join(rules, 'prompts.yaml'));
  const out = join(cacheDir(), `prompts-${createHash('sha256').update(words).digest('hex').slice(0, 12)}`);
  await withLock('prompts', () => renderPrompts({ texts: policy.prompts, out }));
  await cp(out, join(dir, 'prompts'), { recursive: true });
}
