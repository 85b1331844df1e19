import type { CallEvent } from '../ports.ts';

/** What one attempt asks of the caller. */
export interface Asked {
  /** What counts as right, as the record shows it. */
  readonly wanted: string;
  /** Digits read out after the prompt; null: none. */
  readonly spokenDigits: string | null;
}

/** Events that can be an answer. */
export type AnswerEvent = Extract<CallEvent, { type: 'digit' }>;

export interface Heard {
  /** Everything heard in this attempt so far, as the record shows it. */
  readonly heard: string;
  readonly answer: 'right' | 'wrong' | 'unfinished';
}

/** How a kind of challenge works. Its words, prompts and spoken time are in call/vocabulary. */
export interface Challenge {
  /** True when the answer is the same for every call: a caller who has called before may press it ahead of the prompt. */
  readonly isKnownBefore: boolean;
  /** `random`: from 0 to below 1. */
  prepare(random: () => number): Asked;
  /** `heard`: what was heard before in this attempt. Null: the event is no answer to this kind. */
  hear(wanted: string, heard: string, event: AnswerEvent): Heard | null;
}

/** Longer is no slip of a thumb. */
const maxKeys = 12;

/**
 * Key presses (RFC 4733 or SIP INFO). Right as soon as the last ones are what was wanted, after at most `slips` that a thumb
 * pressed besides; unfinished while the next key can still make it right.
 */
export function keysWithSlips(slips: number): Challenge['hear'] {
  return (wanted, heard, { digit }) => {
    if (!/^[0-9A-D*#]$/.test(digit)) return null;
    const keys = (heard + digit).slice(0, maxKeys);
    if (heard.length < maxKeys && keys.endsWith(wanted) && keys.length <= wanted.length + slips)
      return { heard: keys, answer: 'right' };
    const mayFollow = keys.length < wanted.length + slips && endsWithItsBeginning(keys, wanted);
    return { heard: keys, answer: keys.length < wanted.length || mayFollow ? 'unfinished' : 'wrong' };
  };
}

function endsWithItsBeginning(keys: string, wanted: string): boolean {
  return Array.from(wanted.slice(1), (_, at) => wanted.slice(0, at + 1)).some((begin) =>
    keys.endsWith(begin),
  );
}
