import { readFileSync } from 'node:fs';
import { readSecret } from './secret-setting.ts';
import { type SettingValues, settingShapes } from './setting-shapes.ts';
import type { SettingsProblem } from './settings-problem.ts';

/**
 * The key of pseudonyms for a command, which reads no other setting. Null: none is set.
 * @throws an Error with the code `pseudonym-key` when it cannot be read: without it a command would look for the wrong caller
 */
export function pseudonymKey(env: Readonly<Record<string, string | undefined>>): string | null {
  const parsed = (name: 'GATEHOUSE_PSEUDONYM_KEY' | 'GATEHOUSE_PSEUDONYM_KEY_FILE') =>
    env[name] ? (settingShapes[name].safeParse(env[name]).data ?? null) : null;
  const values = {
    GATEHOUSE_PSEUDONYM_KEY: parsed('GATEHOUSE_PSEUDONYM_KEY'),
    GATEHOUSE_PSEUDONYM_KEY_FILE: parsed('GATEHOUSE_PSEUDONYM_KEY_FILE'),
  } as SettingValues;
  const problems: SettingsProblem[] = [];
  const readFile = (path: string) => readFileSync(path, 'utf8');
  const key = readSecret('GATEHOUSE_PSEUDONYM_KEY', env, values, readFile, problems);
  const isRefused = key === null && Boolean(env.GATEHOUSE_PSEUDONYM_KEY);
  if (problems[0] === undefined && !isRefused) return key;
  const why = problems[0]?.message ?? 'It needs at least 16 characters in one line.';
  throw Object.assign(new Error(`GATEHOUSE_PSEUDONYM_KEY: ${why}`), { code: 'pseudonym-key' });
}
