import type { CallFacts, NoHistoryReason, NoNumberReason } from '../facts.ts';

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

function answerUnknown(question: string, missing: string): Answer {
  return { holds: 'unknown', because: `${question}: not known (${missing})`, listed: null };
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
): Test {
  const yes = answer(question, true);
  const no = answer(question, false);
  const none = noNumberAnswers(question);
  return (facts) => {
    const { number, reason } = facts.caller;
    if (number === null) return none[reason ?? 'unavailable'];
    return holds(number, facts) ? yes : no;
  };
}

export function noNumberAnswers(question: string): Record<NoNumberReason, Answer> {
  return {
    withheld: answerNo(question, 'the caller number is withheld'),
    unavailable: answerNo(question, 'no caller number was sent'),
    malformed: answerNo(question, 'the caller number is malformed'),
  };
}

const missingHistory: Record<NoHistoryReason, string> = {
  'no-number': 'there is no caller number',
  deadline: 'the history was not read in time',
  unavailable: 'the history could not be read',
  'not-asked': 'the history was not asked for',
};

/** Answers made once for why the history, or one fact of it, is missing. `fact`: `the calls of this number`. */
export function missingHistoryAnswers(question: string, fact: string): (facts: CallFacts) => Answer {
  const byReason = new Map(
    Object.entries(missingHistory).map(([reason, words]) => [reason, answerUnknown(question, words)]),
  );
  const noHistory = answerUnknown(question, 'the history is missing');
  const noNumber = answerUnknown(question, `${fact}: ${missingHistory['no-number']}`);
  const noFact = answerUnknown(question, `${fact}: not in the history`);
  return ({ history, noHistoryReason, caller }) => {
    if (history === null) return byReason.get(noHistoryReason ?? '') ?? noHistory;
    return caller.number === null ? noNumber : noFact;
  };
}
