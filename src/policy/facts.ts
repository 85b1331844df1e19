/** Why a caller number is null. `withheld`: presentation restricted; `unavailable`: none sent; `malformed`: not a number. */
export type NoNumberReason = 'withheld' | 'unavailable' | 'malformed';

export interface CallerFacts {
  /** E.164 with a leading `+`, or null with `reason`. */
  readonly number: string | null;
  readonly reason: NoNumberReason | null;
  /** The number exactly as the trunk sent it, at most 64 characters; hostile. */
  readonly raw: string;
  /** The display name as sent, at most 120 characters; hostile. Empty when none was sent. */
  readonly displayName: string;
}

export interface CalledFacts {
  /** E.164 of the DID that was dialled, or null when it is not a public number (an extension, a name). */
  readonly number: string | null;
  /** As dialled. */
  readonly raw: string;
}

export type Attestation = 'A' | 'B' | 'C';

/** STIR/SHAKEN result (RFC 8224, ATIS-1000074). `none`: nobody said anything; never read as A. */
export interface Verification {
  readonly result: 'passed' | 'failed' | 'none';
  readonly attestation: Attestation | null;
  /** Who signed (certificate subject or URL), when known. */
  readonly signer: string | null;
  /** The origid claim, a UUID chosen by the signer. */
  readonly origid: string | null;
  /** Who verified: our Asterisk, or the carrier by a verstat parameter or an attestation header. */
  readonly source: 'asterisk' | 'verstat' | 'header' | null;
}

/** What was known about this caller before the call; read from Redis in one round trip. */
export interface CallHistory {
  /** When the caller's pass ends, epoch ms, or null when there is none. */
  readonly passUntil: number | null;
}

/** Why history is null: decided without it. */
export type NoHistoryReason = 'no-number' | 'deadline' | 'unavailable' | 'not-asked';

/** Everything the decision may look at, stored with the outcome so that it can be decided again. */
export interface CallFacts {
  /** Asterisk's unique id of the channel, made unique across nodes: `<node>/<uniqueid>`. */
  readonly callId: string;
  /** The linked id that CDR and CEL use for the whole call. */
  readonly linkedId: string;
  /** The carrier's SIP Call-ID, empty when the channel is not SIP. */
  readonly sipCallId: string;
  /** Epoch ms at which the call arrived; the decision's only clock. */
  readonly now: number;
  readonly caller: CallerFacts;
  readonly called: CalledFacts;
  /** The carrier link it arrived on: the PJSIP endpoint name. */
  readonly trunk: string;
  readonly verification: Verification;
  readonly history: CallHistory | null;
  readonly noHistoryReason: NoHistoryReason | null;
}
