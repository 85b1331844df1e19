import { answer, missingHistoryAnswers, type Test } from '../../logic/answer.ts';
import { ask } from '../../logic/formula.ts';
import { anyOf, is } from '../../logic/logic.ts';
import { oneOrMore, word } from '../../yaml/schema-words.ts';
import { defineCondition } from '../condition.ts';

export const heardTones = ['fax', 'tty'] as const;

/** `history: { heard: tty }`: who calls by a text telephone cannot press a key, next time either. */
export const heard = defineCondition({
  path: ['history', 'heard'],
  schema: oneOrMore(word('heard', heardTones)),
  about:
    'The tone of a fax machine or of a text telephone (TTY) was heard in a call of this number within 30 days, while it was asked; it needs an exit of its own (gatehouse-to-fax, gatehouse-to-tty).',
  example: 'history: { heard: tty }',
  compile(asked) {
    const question = `${asked.join(' or ')} was heard before`;
    const yes = answer(question, true);
    const no = answer(question, false);
    const missing = missingHistoryAnswers(question, 'tones heard of this number');
    const test: Test = (facts) => {
      const found = facts.history?.heard;
      if (!found) return missing(facts);
      return asked.some((tone) => (found[tone] ?? 0) > 0) ? yes : no;
    };
    return ask(test, anyOf(asked.map((tone) => is({ about: 'heard', tone }))));
  },
});
