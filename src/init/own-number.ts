import { anOwnNumber } from '../exits/destinations.ts';
import type { Policy } from '../policy/policy.ts';
import type { Console } from './asterisk.ts';
import type { Ground } from './ground.ts';
import { leadsBy } from './reload.ts';

const national = 10;

/** A number of ours in the form in which the dialplan has it; null: the context of before has none of them. */
export async function dialedNumber(
  console: Console,
  { answers, asterisk }: Ground,
  policy: Policy,
): Promise<string | null> {
  if (!asterisk.running) return null;
  const number = anOwnNumber(policy);
  const digits = number.replace(/\D/g, '');
  const led: string[] = [];
  for (const form of [number, digits, digits.slice(-national), digits.slice(-4)]) {
    const said = await leadsBy(console, answers.formerContext, form);
    // A pattern of all numbers, as that of FreePBX for numbers without a route, says nothing of how they are written here.
    if (said !== null && !/^'_[.!]'/.test(said)) return form;
    if (said !== null) led.push(form);
  }
  return led[0] ?? null;
}
