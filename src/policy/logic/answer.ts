import { type CallFacts, listedNumber } from '../../call/facts.ts';
import { type NoNumberReason, noHistoryReasons, noNumberReasons } from '../../call/vocabulary.ts';

/** A list row that matched. */
export interface Listed {
  readonly list: string;
  readonly name: string | null;
}

/**
 * What one test says of one call. `unknown`: a fact that it needs is missing; that is neither yes nor no, so that
 * `not` of it does not match either.
 */
export interface Answer {
  readonly holds: 'yes' | 'no' | 'unknown';
  /** In words, for the trace: `caller in customers: no`. */
  readonly because: string;
  readonly listed: Listed | null;
  /** Of `unknown`: what is missing. */
  readonly missing?: MissingAnswer;
}

export interface MissingAnswer {
  /** The question in words: `caller passed before`. */
  readonly question: string;
  /** `calls of this number`. */
  readonly fact: string;
  /** Why it is not known. */
  readonly why: string;
}

/** A compiled condition. Pure and quick: answers are made when the policy is compiled, wherever they can be. */
export type Test = (facts: CallFacts) => Answer;

export function answer(question: string, holds: boolean, listed: Listed | null = null): Answer {
  return { holds: holds ? 'yes' : 'no', because: `${question}: ${holds ? 'yes' : 'no'}`, listed };
}

/** No, for a reason that the question alone does not tell. */
function answerNo(question: string, reason: string): Answer {
  return { holds: 'no', because: `${question}: no (${reason})`, listed: null };
}

export function answerUnknown(missing: MissingAnswer): Answer {
  const { question, why } = missing;
  return { holds: 'unknown', because: `${question}: not known (${why})`, listed: null, missing };
}

/** Asks about the same call again and again are answered once: list look-ups and expressions are dear. */
export function rememberLast(test: Test): Test {
  let last: CallFacts | null = null;
  let found: Answer | null = null;
  return (facts) => {
    if (facts !== last || found === null) {
      found = test(facts);
      last = facts;
    }
    return found;
  };
}

/** The test of a plain yes or no. */
export function yesNoTest(question: string, holds: (facts: CallFacts) => boolean): Test {
  const yes = answer(question, true);
  const no = answer(question, false);
  return (facts) => (holds(facts) ? yes : no);
}

/** A test of the caller number; without one the answer is no, and says why there is none. */
export function callerNumberTest(
  question: string,
  holds: (number: string, facts: CallFacts) => boolean,
  numberOf: (caller: CallFacts['caller']) => string | null = ({ number }) => number,
): Test {
  const yes = answer(question, true);
  const no = answer(question, false);
  const none = noNumberAnswers(question);
  return (facts) => {
    const number = numberOf(facts.caller);
    if (number === null) return none[facts.caller.reason ?? 'unavailable'];
    return holds(number, facts) ? yes : no;
  };
}

/** A test of the caller number, or of the short code that stands in its place. */
export function listedNumberTest(question: string, holds: (number: string) => boolean): Test {
  return callerNumberTest(question, holds, listedNumber);
}

export function noNumberAnswers(question: string): Record<NoNumberReason, Answer> {
  const answers = noNumberReasons.words.map((reason) => [
    reason,
    answerNo(question, noNumberReasons.label(reason)),
  ]);
  return Object.fromEntries(answers) as Record<NoNumberReason, Answer>;
}

/** Answers made once for why the history, or one fact of it, is missing. `fact`: `the calls of this number`. */
export function missingHistoryAnswers(question: string, fact: string): (facts: CallFacts) => Answer {
  const unknown = (why: string) => answerUnknown({ question, fact, why });
  const byReason = new Map<string, Answer>(
    noHistoryReasons.words.map((reason) => [reason, unknown(noHistoryReasons.label(reason))]),
  );
  const noHistory = unknown('the history is missing');
  const noNumber = unknown(`${fact}: ${noHistoryReasons.label('no-number')}`);
  const noFact = unknown(`${fact}: not in the history`);
  return ({ history, noHistoryReason, caller }) => {
    if (history === null) return byReason.get(noHistoryReason ?? '') ?? noHistory;
    return caller.number === null ? noNumber : noFact;
  };
}
