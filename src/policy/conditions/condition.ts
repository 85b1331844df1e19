import type { z } from 'zod';
import type { CallFacts, NoNumberReason } from '../facts.ts';
import type { NumberList } from '../lists.ts';
import type { NumberMap } from '../number-map.ts';
import type { Region } from '../phone-number.ts';
import type { YamlPath } from '../yaml-source.ts';

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

/** What conditions may know of the policy while it is compiled. */
export interface CompileContext {
  readonly defaultRegion: Region;
  readonly lists: ReadonlyMap<string, NumberList>;
  readonly ownNumbers: NumberMap<true>;
  /** Names an error at `path`, which is relative to the condition's own value. */
  refuse(path: YamlPath, message: string, remedy: string, code: string): void;
}

export interface Condition {
  /** Where it stands in `when`: `['caller', 'in']`, or `['trunk']`. */
  readonly path: readonly [string] | readonly [string, string];
  readonly schema: z.ZodType;
  /** The test, or null when the rule does not ask it. */
  compile(asked: unknown, context: CompileContext): Test | null;
}

/** One condition of the registry, its value typed by its schema. */
export function defineCondition<T extends z.ZodType>(condition: {
  readonly path: Condition['path'];
  readonly schema: T;
  compile(asked: z.output<T>, context: CompileContext): Test;
}): Condition {
  return {
    path: condition.path,
    schema: condition.schema,
    compile: (asked, context) =>
      asked === undefined ? null : condition.compile(asked as z.output<T>, context),
  };
}

export function answer(question: string, holds: boolean, listed: Listed | null = null): Answer {
  return { holds: holds ? 'yes' : 'no', because: `${question}: ${holds ? 'yes' : 'no'}`, listed };
}

/** No, for a reason that the question alone does not tell. */
export function answerNo(question: string, reason: string): Answer {
  return { holds: 'no', because: `${question}: no (${reason})`, listed: null };
}

export function answerUnknown(question: string, missing: string): Answer {
  return { holds: 'unknown', because: `${question}: not known (${missing})`, listed: null };
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
