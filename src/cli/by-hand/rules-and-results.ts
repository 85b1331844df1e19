import { ListLibrary } from '../../lists/list-library.ts';
import type { Policy } from '../../policy/policy.ts';
import { loadRules } from '../../rules/read-rules.ts';
import { wrapped } from '../../terminal/screen.ts';
import { type JsonFields, picked } from '../command/json-option.ts';
import { listsDir, rulesDir } from '../command/options.ts';
import { print } from '../command/run.ts';

/** Null: they cannot be read. On a snow day or under attack that must not keep the switch from working. */
export async function policyInFiles(options: {
  readonly rules?: string;
  readonly data?: string;
}): Promise<Policy | null> {
  try {
    const lists = new ListLibrary({ dir: listsDir(options.data), serving: false });
    const { policy, draft } = await loadRules(rulesDir(options.rules), lists);
    return policy ?? draft ?? null;
  } catch {
    return null;
  }
}

/** `value` for programs, `text` for people. */
export function showResult(
  { json }: { readonly json?: JsonFields },
  value: object,
  text: string,
): Promise<void> {
  return print(`${json ? JSON.stringify(picked(value, json)) : wrapped(text)}\n`);
}
