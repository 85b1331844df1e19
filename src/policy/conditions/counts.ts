import { z } from 'zod';
import type { CallHistory, WindowCounts } from '../../call/facts.ts';
import { countedWindows, standardWindows, windowMs, windowWords } from '../../call/windows.ts';
import { type Answer, missingHistoryAnswers, type Test } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { type CountField, is } from '../logic/logic.ts';
import { mapping, shown, twoLines, wholeNumber } from '../yaml/schema-words.ts';
import { type CompileContext, type Condition, defineCondition } from './condition.ts';

const kept =
  'counts are kept by the minute up to 1h, by quarters of an hour up to 24h, by six hours up to 30d';

/** A length of time that is counted, in ms; refused rather than rounded. */
export const countWindow = z
  .string({ error: twoLines('within is no length of time', `write 15m, 6h or 7d; ${kept}`) })
  .transform((written, context) => {
    const ms = windowMs(written);
    const refuse = (why: string) => {
      context.addIssue({ code: 'custom', message: twoLines(`within cannot be ${shown(written)}`, why) });
      return z.NEVER;
    };
    if (ms === null || ms === 0) return refuse(`write 15m, 6h or 7d; ${kept}`);
    const { below, above } = countedWindows(ms);
    if (below === ms) return ms;
    const near = [below, above].flatMap((one) => (one === null ? [] : windowWords(one)));
    return refuse(`write ${near.join(' or ')}; ${kept}`);
  })
  .meta({ pattern: '^(?=\\d)(\\d{1,3}d)?(\\d{1,4}h)?(\\d{1,5}m)?$' });

/** `{ over: 4, within: 10m }`. */
const window = mapping('a count', { over: wholeNumber('over', 0, 1_000_000), within: countWindow });

export interface Counted {
  readonly path: readonly [string, string];
  readonly field: CountField;
  /** What is counted: `calls of this number`. */
  readonly what: string;
  readonly about: string;
  readonly example: string;
  /** Counts what may be counted of nobody by these settings; refuses then. */
  readonly check?: (context: CompileContext) => void;
}

/** What is of a signer is missing of every unsigned call, and what is of an origid where none was signed. */
export const ofSigner = 'of this signer';
export const ofOrigid = `${ofSigner} and origid`;
const signerCallsFact = `calls ${ofSigner}`;

const rememberedCounts = 256;

/** A condition on one count of the history; this call is not counted. */
export function countCondition(of: Counted): Condition {
  return defineCondition<typeof window>({
    path: of.path,
    schema: window,
    about: of.about,
    example: of.example,
    compile({ over, within }, context) {
      of.check?.(context);
      const question = `${of.what} over ${over} within ${windowWords(within)}`;
      return ask(
        countTest(question, of.what, of.field, within, over),
        is({ about: 'count', field: of.field, withinMs: within, over }),
      );
    },
  });
}

function countTest(question: string, what: string, field: CountField, ms: number, over: number): Test {
  const standard = standardWindows.indexOf(ms);
  const missing = missingHistoryAnswers(question, what);
  // Counts are small as a rule: their words are made once.
  const known: (Answer | undefined)[] = new Array(rememberedCounts);
  return (facts) => {
    const count = countAt(facts.history, field, standard, ms);
    if (count === null) return missing(facts);
    const before = known[count];
    if (before !== undefined) return before;
    const holds = count > over ? 'yes' : 'no';
    const found: Answer = { holds, because: `${question}: ${holds} (it is ${count})`, listed: null };
    if (count < rememberedCounts && Number.isInteger(count) && count >= 0) known[count] = found;
    return found;
  };
}

/** @param standard place among the windows that are always counted; -1: it is another one */
function countAt(
  history: CallHistory | null,
  field: CountField,
  standard: number,
  ms: number,
): number | null {
  const counts: WindowCounts | null | undefined = history?.[field];
  const place = standard >= 0 ? standard : placeOf(history, ms);
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

/** `surge: { unknown-called-number: … }`: the same of callers whom the rules do not know. */
export const unknownCalledNumberSurge = countCondition({
  path: ['surge', 'unknown-called-number'],
  field: 'unknownCalledNumberCalls',
  what: 'calls of unknown callers to this number',
  about:
    'How many calls of unknown callers came to the number that was dialed, within a window. Known are callers on a list that is no block list, with a pass, dialed by us or expected, unless their verification failed.',
  example: 'surge: { unknown-called-number: { over: 20, within: 15m } }',
});

/** `surge: { unknown-board: … }` */
export const unknownBoardSurge = countCondition({
  path: ['surge', 'unknown-board'],
  field: 'unknownBoardCalls',
  what: 'calls of unknown callers to the whole board',
  about: 'How many calls of unknown callers came to the whole board, within a window.',
  example: 'surge: { unknown-board: { over: 200, within: 15m } }',
});

function placeOf(history: CallHistory | null, ms: number): number {
  const place = history?.moreWindows?.indexOf(ms) ?? -1;
  return place < 0 ? -1 : standardWindows.length + place;
}
