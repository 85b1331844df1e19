import { type Answer, noNumberAnswers } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { is } from '../logic/logic.ts';
import { text, twoLines } from '../yaml/schema-words.ts';
import { defineCondition } from './condition.ts';

const remedy = 'write a share between 0% and 100%: 10%, 2.5%';

/**
 * `share: 10%`: one caller of ten, always the same ones. A larger share has everybody of a smaller one, so that a roll-out
 * only ever grows.
 */
export const share = defineCondition({
  path: ['share'],
  schema: text('share', /^\d{1,2}(\.\d{1,2})? ?%$/, remedy)
    .transform((written) => Number.parseFloat(written))
    .refine((percent) => percent > 0, { error: twoLines('share has nobody', remedy) }),
  about:
    'This share of caller numbers, as for a roll-out: always the same callers, in every rule; a larger share has everybody of a smaller one. Callers without a number are in none.',
  example: 'share: 10%',
  compile(percent) {
    const question = `caller is among the first ${percent}%`;
    const none = noNumberAnswers(question);
    const below = Math.round(percent * 100);
    const known: (Answer | undefined)[] = [];
    return ask(
      ({ caller }) => {
        if (caller.number === null) return none[caller.reason ?? 'unavailable'];
        const place = placeOf(caller.number);
        const holds = place < below ? 'yes' : 'no';
        const key = Math.floor(place / 100) * 2 + (holds === 'yes' ? 1 : 0);
        known[key] ??= {
          holds,
          because: `${question}: ${holds} (its place is ${Math.floor(place / 100)} of 100)`,
          listed: null,
        };
        return known[key];
      },
      is({ about: 'share', percent }),
    );
  },
});

/** 0 to 9999, evenly spread: FNV-1a with the last step of MurmurHash3. Never changes, or roll-outs would change their callers. */
export function placeOf(number: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < number.length; i++) hash = Math.imul(hash ^ number.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % 10_000;
}
