import { z } from 'zod';
import { flagWords } from '../../call/vocabulary.ts';
import { type Answer, missingHistoryAnswers, type Test } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { is } from '../logic/logic.ts';
import { mapping, oneOrMore, wholeNumber, word } from '../yaml/schema-words.ts';
import { defineCondition } from './condition.ts';

const asked = oneOrMore(word('the flag', flagWords.words));

/** `history: { flagged: scam }`, `{ flagged: { as: [sales, scam], over: 2 } }`: what staff said of earlier calls. */
export const flagged = defineCondition({
  path: ['history', 'flagged'],
  schema: z.union([
    asked,
    mapping('flagged', { as: asked, over: wholeNumber('over', 0, 10_000).optional() }),
  ]),
  about:
    'What staff said of earlier calls of this number (gatehouse flag, or the call’s page): sales, scam or wanted; with over, more than so many times, the words together.',
  example: 'history: { flagged: { as: [sales, scam], over: 2 } }',
  compile(value) {
    const { as, over = 0 } = Array.isArray(value) ? { as: value } : value;
    const words = [...new Set(as)];
    const question = `flagged as ${words.join(' or ')}${oftener(over)}`;
    const missing = missingHistoryAnswers(question, 'flags of this number');
    const answers = { yes: counted(question, 'yes'), no: counted(question, 'no') };
    const test: Test = (facts) => {
      const found = facts.history?.flags;
      if (found === undefined || found === null) return missing(facts);
      const count = words.reduce((sum, flag) => sum + (found[flag] ?? 0), 0);
      return answers[count > over ? 'yes' : 'no'](count);
    };
    return ask(test, is({ about: 'flags', words, over }));
  },
});

function oftener(over: number): string {
  if (over === 0) return '';
  return over === 1 ? ' more than once' : ` more than ${over} times`;
}

/** The answer with its count; made once for the small ones. */
function counted(question: string, holds: 'yes' | 'no'): (count: number) => Answer {
  const made = (count: number): Answer => ({
    holds,
    because: `${question}: ${holds} (it is ${count})`,
    listed: null,
  });
  const small = Array.from({ length: 32 }, (_, count) => made(count));
  return (count) => small[count] ?? made(count);
}
