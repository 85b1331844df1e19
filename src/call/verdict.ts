import type { ChallengeKind, RuleMode } from './vocabulary.ts';

/** Where a call goes that was not connected by its challenge. */
export type Fallback = ConnectVerdict | { readonly kind: 'voicemail'; readonly box: string } | RejectVerdict;

export interface ConnectVerdict {
  readonly kind: 'connect';
  /** Named dialplan exit, `operators` by default. */
  readonly exit: string;
  /** What the operator's phone shows in place of the caller name; null leaves the caller's own. */
  readonly label: string | null;
  /** Prompt that the caller hears first, and its language; left out: none. When it cannot be played the call is connected. */
  readonly announcement?: { readonly prompt: string; readonly language: string };
}

/** What a caller must do, and how long is waited for it. */
export interface ChallengeAsked {
  readonly challenge: ChallengeKind;
  /** Prompt that is played first in place of the kind's own. */
  readonly prompt?: string;
  /** How often the prompt is played, 1 to 5. */
  readonly attempts: number;
  /** Silence allowed after a prompt, and between two digits. */
  readonly digitTimeoutMs: number;
}

export interface ChallengeVerdict extends ChallengeAsked {
  readonly kind: 'challenge';
  /** A language of the prompts file. */
  readonly language: string;
  /** Where a caller who passed goes, with the label. */
  readonly passed: ConnectVerdict;
  /** Only wrong digits. */
  readonly failed: Fallback;
  /** No digit at all. */
  readonly silent: Fallback;
  /** How long the pass lasts; 0 grants none. */
  readonly passForMs: number;
  /** Play before answering (183) instead of answering first. */
  readonly earlyMedia: boolean;
}

interface VoicemailVerdict {
  readonly kind: 'voicemail';
  readonly box: string;
}

export interface RejectVerdict {
  readonly kind: 'reject';
  /** SIP final response, 400 to 699, sent when the call was not answered (RFC 3261, 607: RFC 8197, 608: RFC 8688). */
  readonly sip: number;
  /** Prompt id of the redress words, played before the end; null rejects at once. */
  readonly announcement: string | null;
  /** Language of the announcement. */
  readonly language: string;
}

export type Verdict = ConnectVerdict | ChallengeVerdict | VoicemailVerdict | RejectVerdict;

/** One rule that was looked at, in order; of thousands, one entry `more-rules` stands for those in the middle. */
export interface TraceEntry {
  readonly rule: string;
  readonly mode: RuleMode;
  readonly matched: boolean;
  /** The condition that settled it, in words: `caller in customers: no`. */
  readonly because: string;
}

export interface Decision {
  readonly verdict: Verdict;
  /** Id of the rule that decided. */
  readonly rule: string;
  readonly reason: string;
  /** Content hash of the compiled policy. */
  readonly policyVersion: string;
  /** Every rule down to the deciding one. Made when it is asked for; JSON has it too. */
  readonly trace: readonly TraceEntry[];
  /**
   * What would have been done: by monitor rules above the deciding rule, and, when the whole board is in monitor mode, by
   * the deciding rule itself.
   */
  readonly monitored: readonly { readonly rule: string; readonly verdict: Verdict }[];
  /** True when the caller was known: on a list that is no block list, with a pass, dialed by us or expected; else left out. */
  readonly known?: true | undefined;
  /** Name of the caller in the list that matched, when the list has names. */
  readonly listedName: string | null;
  /** Present when the whole board is in monitor mode: `verdict` connects, the rule's own is the last of `monitored`. */
  readonly mode?: 'monitor' | undefined;
}
