import { anOwnNumber } from '../exits/destinations.ts';
import type { Policy } from '../policy/policy.ts';
import type { Console } from './asterisk.ts';
import type { Ground } from './ground.ts';
import { leads } from './reload.ts';

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
  for (const form of [number, digits, digits.slice(-national), digits.slice(-4)])
    if (await leads(console, answers.formerContext, form)) return form;
  return null;
}
