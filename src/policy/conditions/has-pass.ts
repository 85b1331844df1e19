import type { NoHistoryReason } from '../facts.ts';
import { yesOrNo } from '../schema-words.ts';
import { answer, answerUnknown, defineCondition } from './condition.ts';

const missing: Record<NoHistoryReason, string> = {
  'no-number': 'there is no caller number',
  deadline: 'the history was not read in time',
  unavailable: 'the history could not be read',
  'not-asked': 'the history was not asked for',
};

/** `history: { has-pass: true }`: the caller number passed a challenge, and the pass has not ended. */
export const hasPass = defineCondition({
  path: ['history', 'has-pass'],
  schema: yesOrNo('has-pass'),
  compile(asked) {
    const question = asked ? 'caller passed before' : 'caller has not passed before';
    const yes = answer(question, true);
    const no = answer(question, false);
    const unknown = new Map(
      Object.entries(missing).map(([reason, words]) => [reason, answerUnknown(question, words)]),
    );
    const unknownAnyhow = answerUnknown(question, 'the history is missing');
    return ({ caller, history, noHistoryReason, now }) => {
      // Passes belong to numbers: a caller without one is known to have none, history or not.
      if (caller.number === null) return asked ? no : yes;
      if (history) return (history.passUntil !== null && history.passUntil > now) === asked ? yes : no;
      return unknown.get(noHistoryReason ?? '') ?? unknownAnyhow;
    };
  },
});
