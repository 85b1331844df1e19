/** What Gatehouse tells people by itself. */
export type NoticeKind = 'bypass' | 'policy-refused' | 'backlog' | 'surge' | 'campaign' | 'digest';

/** `begun`: it is so now; `going-on`: it is so still; `over`: no more; `once`: it was and is over, or has no end. */
export type NoticePhase = 'begun' | 'going-on' | 'over' | 'once';

/** One matter. Texts are harmless already: masked, without control characters, bounded. Times are epoch ms. */
export interface Notice {
  readonly kind: NoticeKind;
  /** The same for all notices of one matter, `surge/1`, as long as the process runs. */
  readonly key: string;
  readonly phase: NoticePhase;
  readonly since: number;
  readonly title: string;
  readonly lines: readonly string[];
  /** How often it was seen since it began; null: is not counted. */
  readonly count: number | null;
}

/** What is sent at once; all that came up within half a minute is in one. */
export interface Message {
  /** The same at every try: receivers may see a message twice. */
  readonly id: string;
  readonly at: number;
  /** Which Gatehouse says so. */
  readonly node: string;
  readonly notices: readonly Notice[];
  /** Matters that found no room. */
  readonly leftOut: number;
}

/** One way to people. Rejects when it did not work; with UndeliverableError when it never will. Ends within a deadline of its own. */
export interface Channel {
  readonly name: 'mail' | 'webhook' | 'slack' | 'teams';
  send(message: Message, abort: AbortSignal): Promise<void>;
}

/** Trying again would change nothing: wrong address, refused, gone. */
export class UndeliverableError extends Error {
  readonly code = 'undeliverable';
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'UndeliverableError';
  }
}
