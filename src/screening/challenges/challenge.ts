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
  /** An answer to a repeated prompt that comes sooner than this still belongs to the attempt before. */
  readonly overrunMs: number;
  /** `random`: from 0 to below 1. */
  prepare(random: () => number): Asked;
  /** `heard`: what was heard before in this attempt. Null: the event is no answer to this kind. */
  hear(wanted: string, heard: string, event: AnswerEvent): Heard | null;
}

/** Key presses (RFC 4733 or SIP INFO), until as many came as are wanted. */
export function hearKeys(wanted: string, heard: string, { digit }: AnswerEvent): Heard | null {
  if (!/^[0-9A-D*#]$/.test(digit)) return null;
  const keys = heard + digit;
  if (keys.length < wanted.length) return { heard: keys, answer: 'unfinished' };
  return { heard: keys, answer: keys === wanted ? 'right' : 'wrong' };
}
