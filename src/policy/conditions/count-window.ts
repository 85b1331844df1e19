import { type CallHistory, historyWindows, type WindowCounts } from '../facts.ts';
import { mapping, wholeNumber, word } from '../schema-words.ts';
import { type Answer, missingHistoryAnswers, type Test } from './answer.ts';
import { type Condition, defineCondition } from './condition.ts';
import { ask } from './formula.ts';
import { type CountField, is } from './logic.ts';

/** `{ over: 4, within: 10m }`. Counts are kept for these windows only. */
const window = mapping('a count', {
  over: wholeNumber('over', 0, 1_000_000),
  within: word('within', historyWindows),
});

interface Counted {
  readonly path: readonly [string, string];
  readonly field: CountField;
  /** What is counted: `calls of this number`. */
  readonly what: string;
  readonly about: string;
  readonly example: string;
}

const rememberedCounts = 256;

/** A condition on one count of the history; this call is not counted. */
export function countCondition(of: Counted): Condition {
  return defineCondition<typeof window>({
    path: of.path,
    schema: window,
    about: of.about,
    example: of.example,
    compile({ over, within }) {
      const question = `${of.what} over ${over} within ${within}`;
      return ask(
        countTest(question, of.what, of.field, historyWindows.indexOf(within), over),
        is({ about: 'count', field: of.field, within, over }),
      );
    },
  });
}

function countTest(question: string, what: string, field: CountField, place: number, over: number): Test {
  const missing = missingHistoryAnswers(question, what);
  // Counts are small as a rule: their words are made once.
  const known: (Answer | undefined)[] = new Array(rememberedCounts);
  return (facts) => {
    const count = countAt(facts.history, field, place);
    if (count === null) return missing(facts);
    const before = known[count];
    if (before !== undefined) return before;
    const holds = count > over ? 'yes' : 'no';
    const found: Answer = { holds, because: `${question}: ${holds} (it is ${count})`, listed: null };
    if (count < rememberedCounts && Number.isInteger(count) && count >= 0) known[count] = found;
    return found;
  };
}

function countAt(history: CallHistory | null, field: CountField, place: number): number | null {
  const counts: WindowCounts | null | undefined = history?.[field];
  const count = counts?.[place];
  return typeof count === 'number' ? count : null;
}
