import type { ChallengeAttempt, Exit } from '../call/outcome.ts';
import type { ChallengeVerdict } from '../call/verdict.ts';
import type { ChallengeResult } from '../call/vocabulary.ts';
import type { AnswerEvent, Asked } from './challenges/challenge.ts';

export type FlowExit = Exclude<Exit, { kind: 'none' }>;

/** `atMs`: ms after the call's arrival. */
export type FlowEvent = { readonly atMs: number } & (
  | { readonly type: 'answered' }
  | AnswerEvent
  | { readonly type: 'playback-finished'; readonly playbackId: string; readonly failed: boolean }
  /** The wait that was asked for last is over. */
  | { readonly type: 'waited' }
  | { readonly type: 'hangup' }
);

export type FlowCommand =
  | { readonly do: 'answer' }
  | {
      readonly do: 'play';
      readonly playbackId: string;
      readonly prompt: string;
      readonly language: string;
      /** Digits to be read out, null when the prompt has none. */
      readonly digits: string | null;
      /** A short silence first: what is played at the moment of the answer is clipped. */
      readonly leadIn: boolean;
    }
  | { readonly do: 'stop'; readonly playbackId: string }
  /** Starts the flow's one timer anew. */
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'stop-waiting' }
  /** The call goes on as decided. */
  | { readonly do: 'leave'; readonly exit: FlowExit }
  /** The flow cannot be carried out: to the operators. */
  | { readonly do: 'release'; readonly detail: string }
  /** The caller hung up. */
  | { readonly do: 'end' };

export type FlowPhase = 'answering' | 'prompting' | 'collecting' | 'announcing' | 'leaving' | 'ended';

/** The attempt that is under way. */
export interface OpenAttempt {
  readonly wanted: string;
  readonly heard: string;
  readonly promptAtMs: number;
  readonly firstHeardAtMs: number | null;
}

export interface Announcement {
  readonly prompt: string;
  readonly language: string;
}

export interface FlowState {
  readonly phase: FlowPhase;
  readonly challenge: ChallengeVerdict | null;
  /** What each attempt asks. */
  readonly asked: readonly Asked[];
  readonly attempts: readonly ChallengeAttempt[];
  readonly open: OpenAttempt | null;
  readonly result: ChallengeResult | null;
  /** Words to be played before `exit`. */
  readonly announcement: Announcement | null;
  readonly exit: FlowExit | null;
  /** Keys pressed during the announcement. */
  readonly late: string;
  /** The playback that may be sounding. */
  readonly playback: string | null;
  /** How many playbacks were started. */
  readonly played: number;
  readonly playbackPrefix: string;
}

export interface FlowStep {
  readonly state: FlowState;
  readonly commands: readonly FlowCommand[];
}
