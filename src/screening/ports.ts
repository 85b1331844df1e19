import type { CallFacts, CallHistory } from '../policy/facts.ts';
import type { Outcome } from './outcome.ts';

/** What happens to a call while it is screened. */
export type CallEvent =
  | { readonly type: 'digit'; readonly digit: string }
  | { readonly type: 'playback-finished'; readonly playbackId: string; readonly failed: boolean }
  /** The caller hung up (or the channel was found gone). */
  | { readonly type: 'hangup'; readonly cause: number | null }
  /** The call left the screener: our own `continue` took effect, or the dialplan's watchdog took it. */
  | { readonly type: 'left' };

/** Why an ARI request failed. `gone`: 404, the channel ended; `not-ours`: 409, it left Stasis. */
export type CallControlErrorCode = 'gone' | 'not-ours' | 'deadline' | 'connection' | 'refused';

export class CallControlError extends Error {
  readonly code: CallControlErrorCode;
  /** HTTP status, null when there was no answer. */
  readonly status: number | null;
  constructor(code: CallControlErrorCode, message: string, status: number | null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CallControlError';
    this.code = code;
    this.status = status;
  }
}

/** A place in the dialplan; the only way in which the app tells the dialplan something. */
export interface DialplanTarget {
  readonly context: string;
  /** At most 79 bytes of ASCII (Asterisk's AST_MAX_EXTENSION). */
  readonly extension: string;
}

/** Everything that can be done to one call. Every promise settles within the adapter's deadline, or rejects with CallControlError. */
export interface CallControl {
  answer(): Promise<void>;
  /** Starts playback of the media in order. Its end is a `playback-finished` event with the same id. */
  play(playbackId: string, media: readonly string[]): Promise<void>;
  stopPlayback(playbackId: string): Promise<void>;
  /** Queues the way out; it is done when the `left` event comes. */
  continueAt(target: DialplanTarget): Promise<void>;
}

/** A call that has just come into the app, or was found in it after a reconnect. */
export interface ArrivedCall {
  /** History is still null here. */
  readonly facts: CallFacts;
  /** Epoch ms at which the dialplan's watchdog takes the call away. */
  readonly watchdogAt: number;
  readonly adopted: boolean;
  /** True when the channel is already answered. */
  readonly answered: boolean;
  readonly control: CallControl;
  /** Registers the one listener; events that came before are delivered first. */
  listen(listener: (event: CallEvent) => void): void;
}

/** What is remembered between calls. */
export interface CallerHistory {
  /**
   * What was known when this call arrived (`facts.now`), the call itself not counted; of a caller without a number,
   * what the called number, the signer and the board tell. One round trip. Rejects when it is not answered before the deadline.
   */
  read(facts: CallFacts, deadlineMs: number): Promise<CallHistory>;
}

/** Where outcomes go. Calls never wait for it and it never throws. */
export interface OutcomeLog {
  /** Notes that a call came in, so that it is accounted for even if this process dies. */
  begin(facts: CallFacts, adopted: boolean): void;
  /** The one end of a call; repeated ends of the same call id are ignored. A pass is granted when `passForMs` > 0. */
  end(outcome: Outcome, passForMs: number): void;
}

/** Later life of a call that was connected; null until it is over, and for calls that were not followed. */
export interface AfterExit {
  /** ms after arrival at which somebody answered; null: nobody did. */
  readonly answeredMs: number | null;
  readonly talkMs: number;
  /** Q.850 hangup cause; null: not told. */
  readonly cause: number | null;
}

/** Where the later life of a call goes; at most once a call, always after its outcome. Calls never wait for it and it never throws. */
export interface AfterExitLog {
  ended(callId: string, afterExit: AfterExit): void;
}

/** What is told of a call on its way out and after. `lost`: nothing more will be told of it. */
export type LaterEvent =
  | { readonly type: 'answered' }
  | { readonly type: 'ended'; readonly cause: number | null }
  | { readonly type: 'lost' };

/** Tells of calls after they have left the screener. */
export interface CallFollower {
  /**
   * Never throws, never delays the call, and may fail to tell: then `lost` comes. After `ended` or `lost` nothing comes.
   * A listener may be called before this returns.
   */
  follow(callId: string, listener: (event: LaterEvent) => void): void;
}

export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Runs `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

/** Sound of a prompt: ARI media URIs, in order. */
export interface PromptMedia {
  /** `slots` fills digits to be read out: `{ digits: '47' }`. Unknown prompt or language: the default language's, never empty. */
  media(promptId: string, language: string, digits?: string): readonly string[];
}

export interface ScreeningLog {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}
