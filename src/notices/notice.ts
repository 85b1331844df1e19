export type NoticeKind =
  | 'bypass'
  | 'policy-refused'
  | 'feed-quarantined'
  | 'backlog'
  | 'disk'
  | 'set-aside'
  | 'surge'
  | 'attack-level'
  | 'call-back-surge'
  | 'campaign'
  | 'no-keys'
  | 'away'
  | 'canary'
  | 'digest';

/** `once`: it began and ended before it was sent, or has no duration. */
export type NoticePhase = 'begun' | 'going-on' | 'over' | 'once';

/** One condition. Texts are masked, bounded and without control characters. Times are epoch ms. */
export interface Notice {
  readonly kind: NoticeKind;
  /** The same in all notices about one condition, `surge/1`, as long as the process runs. */
  readonly key: string;
  readonly phase: NoticePhase;
  readonly since: number;
  readonly title: string;
  readonly lines: readonly string[];
  /** Occurrences since it began; null: not counted. */
  readonly count: number | null;
}

/** What is sent at a time: all notices of half a minute. */
export interface Message {
  /** The same at every attempt: receivers may see a message twice. */
  readonly id: string;
  readonly at: number;
  readonly node: string;
  readonly notices: readonly Notice[];
  /** Conditions without room in the message. */
  readonly leftOut: number;
}

/** One way to people. */
export interface Channel {
  /** For logs. */
  readonly name: string;
  /** Where its address is set, for remedies. */
  readonly setting: string;
  /** Where messages go: recipients or an address, which may be secret. */
  readonly to: string;
  /** Rejects when it failed; with UndeliverableError when this message cannot be sent ever. Ends when aborted. */
  send(message: Message, abort: AbortSignal): Promise<void>;
}

/** The message itself is refused; another one may be taken. */
export class UndeliverableError extends Error {
  readonly code = 'undeliverable';
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'UndeliverableError';
  }
}
