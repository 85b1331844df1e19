import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RuleFile, readRuleFile } from '../policy/rule-file.ts';
import { readYaml } from '../policy/yaml-source.ts';

/** policy.yaml as it is written, for what is said about rules rather than decided by them. Null when it cannot be read. */
export async function readWrittenRules(dir: string): Promise<RuleFile | null> {
  const text = await readFile(join(dir, 'policy.yaml'), 'utf8').catch(() => null);
  return text === null ? null : readRuleFile(readYaml('policy.yaml', text)).rules;
}
