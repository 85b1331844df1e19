import { z } from 'zod';
import { campaignOf } from '../../call/facts.ts';
import { answer, missingHistoryAnswers, type Test } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { anyOf, is, notOf } from '../logic/logic.ts';
import { oneOrMore, text, twoLines } from '../yaml/schema-words.ts';
import { defineCondition } from './condition.ts';

const howToWrite = 'write true (any campaign), false (none) or the ids of campaigns';
const belongs = is({ about: 'campaign', id: null });

/** `campaign: true`, `campaign: [c-2026-031]`: calls that belong together though their numbers differ. */
export const campaign = defineCondition({
  path: ['campaign'],
  schema: z.union([
    z.boolean({ error: ({ input }) => twoLines(`campaign cannot be ${JSON.stringify(input)}`, howToWrite) }),
    // `yes` is a word to YAML 1.2, and would be a campaign that never comes.
    oneOrMore(text('the campaign', /^(?!(?:yes|no|on|off)$)[A-Za-z0-9][\w.-]{0,63}$/i, howToWrite)),
  ]),
  about:
    'The call shows on arrival what the calls of a campaign have in common, though their numbers differ: an origid, a signer, an exchange, a claimed name. gatehouse campaigns lists them. Callers on a list, and those whom we dialed or expect, belong to none.',
  example: 'campaign: true',
  compile(asked) {
    const ids = new Set(typeof asked === 'boolean' ? [] : asked);
    const question =
      typeof asked === 'boolean'
        ? `call belongs to ${asked ? 'a' : 'no'} campaign`
        : `call belongs to campaign ${asked.join(' or ')}`;
    const yes = answer(question, true);
    const no = answer(question, false);
    const missing = missingHistoryAnswers(question, 'campaign of this call');
    const test: Test = (facts) => {
      const found = campaignOf(facts);
      if (found === undefined) return missing(facts);
      const holds =
        typeof asked === 'boolean' ? (found !== null) === asked : found !== null && ids.has(found);
      return holds ? yes : no;
    };
    if (typeof asked === 'boolean') return ask(test, asked ? belongs : notOf(belongs));
    return ask(test, anyOf(asked.map((id) => is({ about: 'campaign', id }))));
  },
});
