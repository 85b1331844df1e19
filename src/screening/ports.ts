import type { CallFacts, CallHistory } from '../call/facts.ts';
import type { AfterExit, Outcome } from '../call/outcome.ts';

/** What happens to a call while it is screened. */
export type CallEvent =
  /** A key was released: at `at` (epoch ms by Asterisk's clock), after `heldMs`, where Asterisk says so. */
  | { readonly type: 'digit'; readonly digit: string; readonly at?: number; readonly heldMs?: number }
  | { readonly type: 'playback-finished'; readonly playbackId: string; readonly failed: boolean }
  /** The caller hung up. */
  | { readonly type: 'hangup'; readonly cause: number | null }
  /** Asterisk does not have the channel any more; whether the caller hung up or went on before that was not heard. */
  | { readonly type: 'gone' }
  /**
   * The call left the screener: our own `continue` took effect, or the dialplan's watchdog took it.
   * `at`: epoch ms by Asterisk's clock; null: it was found elsewhere afterward.
   */
  | { readonly type: 'left'; readonly at: number | null };

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

  static late(this: void, deadlineMs: number): CallControlError {
    return new CallControlError('deadline', `no answer within ${deadlineMs} ms`, null);
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
  /**
   * Asks the dialplan for the time of a challenge: the call leaves the screener and comes back, its timer set anew.
   * @param step what is about to be heard, `press-1`; see `stepFor`
   * @returns epoch ms at which the watchdog takes the call away now
   */
  enterChallenge(step: string): Promise<number>;
  /**
   * Whether a call of ours that shows this number (E.164) is in progress in this Asterisk; null: it does not say. Unlike the
   * others it changes nothing of the call.
   */
  ownCallOut(number: string): Promise<boolean | null>;
  /** Queues the way out; it is done when the `left` event comes. */
  continueAt(target: DialplanTarget): Promise<void>;
}

/**
 * The dialplan's timer for a call. `decision`: seconds, so that nobody waits for a screener that hangs; `challenge`: long
 * enough to ask the caller; `whole`: an older dialplan, which has one timer for both.
 */
export interface Stay {
  readonly stage: 'decision' | 'challenge' | 'whole';
  /** Epoch ms at which the dialplan's watchdog takes the call away. */
  readonly watchdogAt: number;
  /** The challenge was begun by a process that ended, and taken up by another. */
  readonly interrupted: boolean;
}

/** A call that has just come into the app, or was found in it after a reconnect. */
export interface ArrivedCall {
  /** History is still null here. */
  readonly facts: CallFacts;
  readonly stay: Stay;
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
  /** Before a call leaves: what was begun outlives this process from now on. */
  settle(): void;
  /** The one end of a call; repeated ends of the same call id are ignored. A pass is granted when `passForMs` > 0. */
  end(outcome: Outcome, passForMs: number): void;
}

/** Where the later life of a call goes; at most once a call, always after its outcome. Calls never wait for it and it never throws. */
export interface AfterExitLog {
  ended(callId: string, afterExit: AfterExit): void;
}

/**
 * What is told of a call on its way out and after. `unsure`: it is followed so late that somebody may have answered unheard.
 * `lost`: nothing more will be told of it.
 */
export type LaterEvent =
  /** `at`: epoch ms by Asterisk's clock, which does not stand still when this process does. */
  | { readonly type: 'answered'; readonly at: number }
  | { readonly type: 'ended'; readonly at: number; readonly cause: number | null }
  | { readonly type: 'unsure' }
  | { readonly type: 'lost' };

/** Tells of calls after they have left the screener. */
export interface CallFollower {
  /**
   * Never throws, never delays the call, and may fail to tell: then `lost` comes. After `ended` or `lost` nothing comes.
   * A listener may be called before this returns.
   * @param leftSince epoch ms of when the call may have left at the earliest: what happened before it is followed is not told
   */
  follow(callId: string, leftSince: number, listener: (event: LaterEvent) => void): void;
}

/** Sound of a prompt: ARI media URIs, in order. */
export interface PromptMedia {
  /** `slots` fills digits to be read out: `{ digits: '47' }`. Unknown prompt or language: the default language's, never empty. */
  media(promptId: string, language: string, digits?: string): readonly string[];
}

/** A number that our people dialed, and until when it may call back. */
export interface DialedNumber {
  /** E.164. */
  readonly number: string;
  /** Epoch ms. */
  readonly until: number;
}

/** Where it is kept who may call back. */
export interface DialedNumbers {
  /** False when it was not kept and is to be tried again. Never rejects. */
  remember(dialed: readonly DialedNumber[]): Promise<boolean>;
}
