import { noNumberReasons } from '../../call/vocabulary.ts';
import { numberTypes } from '../../numbers/number-traits.ts';
import { type Variable, verificationStates } from '../logic/logic.ts';

/** Answers that are possible, as bits: what a question can say while some facts are still open. */
export const yes = 1;
export const no = 2;
export const unknown = 4;
export const either = yes | no;
export const anything = yes | no | unknown;

/** What `not` makes of them. */
export function turned(values: number): number {
  return ((values & yes) << 1) | ((values & no) >> 1) | (values & unknown);
}

/**
 * A fact with few possible values, the points. For each point, what a variable can answer there. A caller number is
 * missing for one of four reasons, or it is invalid, or valid and of one type.
 */
export interface Place {
  readonly dimension: string;
  /** Possible answers, by point. */
  readonly at: readonly number[];
}

const reasons = noNumberReasons.words;

export const callerPoints = [...reasons, 'invalid', ...numberTypes, 'other type'] as const;

const firstNumber = reasons.length;

const firstValid = firstNumber + 1;

const passedStates = verificationStates.filter((state) => state.startsWith('passed')).length;

/** Points of weekday and minute in a time zone: the answers change at the boundaries only. */
export interface TimePoint {
  readonly weekday: number;
  readonly minute: number;
}

export function timePoints(boundaries: Iterable<number>): TimePoint[] {
  const minutes = [...new Set(boundaries)].sort((a, b) => a - b);
  return [0, 1, 2, 3, 4, 5, 6].flatMap((weekday) => minutes.map((minute) => ({ weekday, minute })));
}

/** @param times the points of the variable's time zone */
export function placesOf(variable: Variable, times: readonly TimePoint[]): readonly Place[] {
  switch (variable.about) {
    case 'caller-missing':
      return [caller((point) => (callerPoints[point] === variable.reason ? yes : no))];
    case 'caller-number':
      return [caller((point) => (point >= firstNumber ? yes : no))];
    case 'caller-valid':
      return [caller((point) => (point >= firstValid ? yes : no))];
    case 'caller-unallocated':
      return [caller((point) => (callerPoints[point] === 'invalid' ? either : no))];
    case 'caller-type':
      return [caller((point) => (callerPoints[point] === variable.type ? yes : no))];
    case 'caller-list':
    case 'caller-pattern':
      return [
        caller((point) => (point >= firstNumber || callerPoints[point] === 'short-code' ? either : no)),
      ];
    case 'alibi':
      return [caller((point) => (point >= firstNumber ? anything : either))];
    case 'weaker-verification':
      // Nothing is better than A, and a signature without a letter is compared with none.
      return [verified((state) => (state === 'passed' || state === 'passed-A' ? no | unknown : anything))];
    case 'caller-country':
    case 'caller-near':
    case 'share':
      return [caller((point) => (point >= firstNumber ? either : no))];
    case 'admission': {
      const admitted = caller((point) => (point >= firstNumber ? anything : no));
      if (variable.kind !== 'expected') return [admitted];
      return [admitted, verified((state) => (state === 'failed' ? no | unknown : anything))];
    }
    case 'verification':
      return [verified((state) => (state === variable.state ? yes : no))];
    case 'signature':
      return [verified((_, point) => (point < passedStates ? either : no))];
    case 'signer-certificate':
      return [verified((_, point) => (point < passedStates ? anything : no))];
    case 'time':
      return [
        {
          dimension: `time ${variable.zone}`,
          at: times.map(({ weekday, minute }) => {
            const possible = variable.possibleAt(weekday, minute);
            return (possible.yes ? yes : 0) | (possible.no ? no : 0);
          }),
        },
      ];
    default:
      return [];
  }
}

/** What the variable can answer at all. */
export function possibleOf(variable: Variable): number {
  switch (variable.about) {
    case 'admission':
    case 'count':
    case 'flags':
    case 'opted-out':
    case 'weaker-verification':
    case 'heard':
    case 'alibi':
    case 'campaign':
    case 'emergency-dialed':
    case 'signer-certificate':
    case 'level':
    case 'call-back-surge':
      return anything;
    default:
      return either;
  }
}

function caller(at: (point: number) => number): Place {
  return { dimension: 'caller', at: callerPoints.map((_, point) => at(point)) };
}

function verified(at: (state: string, point: number) => number): Place {
  return { dimension: 'verification', at: verificationStates.map((state, point) => at(state, point)) };
}
