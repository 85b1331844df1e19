import { type CallHistory, historyWindows, type WindowCounts } from '../../call/facts.ts';
import { type Answer, missingHistoryAnswers, type Test } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { type CountField, is } from '../logic/logic.ts';
import { mapping, wholeNumber, word } from '../yaml/schema-words.ts';
import { type Condition, defineCondition } from './condition.ts';

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

/** What is missing when an unsigned call is asked for the calls of its signer. */
export const signerCallsFact = 'calls of this signer';

const rememberedCounts = 256;

/** A condition on one count of the history; this call is not counted. */
function countCondition(of: Counted): Condition {
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

/** `history: { calls: … }`: how often this number called. */
export const calls = countCondition({
  path: ['history', 'calls'],
  field: 'calls',
  what: 'calls of this number',
  about: 'How often this caller number called before, within a window.',
  example: 'history: { calls: { over: 10, within: 1h } }',
});

/** `history: { failed-challenges: … }`: a person fails once, a robot always. */
export const failedChallenges = countCondition({
  path: ['history', 'failed-challenges'],
  field: 'failedChallenges',
  what: 'failed challenges of this number',
  about: 'How many challenges this caller number failed or met with silence, within a window.',
  example: 'history: { failed-challenges: { over: 3, within: 24h } }',
});

/** `history: { called-numbers: … }`: one caller touching many of our numbers (war dialing). */
export const calledNumbers = countCondition({
  path: ['history', 'called-numbers'],
  field: 'calledNumbers',
  what: 'different numbers called by this number',
  about: 'How many different numbers of ours this caller number dialed, within a window (war dialing).',
  example: 'history: { called-numbers: { over: 4, within: 10m } }',
});

/** `history: { exchange-calls: … }`: neighbors that change with each call. */
export const exchangeCalls = countCondition({
  path: ['history', 'exchange-calls'],
  field: 'exchangeCalls',
  what: 'calls from this exchange',
  about:
    'How many calls came from the exchange of the caller number (area code and three digits), within a window.',
  example: 'history: { exchange-calls: { over: 50, within: 1h } }',
});

/** `history: { signer-calls: … }`: what one signer vouched for. */
export const signerCalls = countCondition({
  path: ['history', 'signer-calls'],
  field: 'signerCalls',
  what: signerCallsFact,
  about: 'How many calls the signer of this call has signed, within a window.',
  example: 'history: { signer-calls: { over: 200, within: 10m } }',
});

/** `surge: { called-number: … }`: one number of ours is rung by everybody. */
export const calledNumberSurge = countCondition({
  path: ['surge', 'called-number'],
  field: 'calledNumberCalls',
  what: 'calls to this number',
  about: 'How many calls came to the number that was dialed, whoever called, within a window.',
  example: 'surge: { called-number: { over: 30, within: 10m } }',
});

/** `surge: { board: … }`: the whole board is rung. */
export const boardSurge = countCondition({
  path: ['surge', 'board'],
  field: 'boardCalls',
  what: 'calls to the whole board',
  about: 'How many calls came to the whole board, within a window.',
  example: 'surge: { board: { over: 600, within: 10m } }',
});
