import type {
  AttackLevel,
  Attestation,
  Flag,
  NoHistoryReason,
  NoNumberReason,
  RememberedVerification,
  SignatureProblem,
  SignedFor,
  VerificationResult,
  VerificationSource,
} from './vocabulary.ts';

export interface CallerFacts {
  /** E.164 with a leading `+`, or null with `reason`. */
  readonly number: string | null;
  readonly reason: NoNumberReason | null;
  /** The number exactly as the trunk sent it, at most 64 characters; hostile. Of a short code its digits. */
  readonly raw: string;
  /** The display name as sent, at most 120 characters; hostile. Empty when none was sent. */
  readonly displayName: string;
}

/** What lists and rules may have of the caller: E.164 with plus, or a short code; null: neither. */
export function listedNumber({ number, reason, raw }: CallerFacts): string | null {
  return number ?? (reason === 'short-code' ? raw : null);
}

/** Whether what `listedNumber` gave, or somebody asks for, is a short code. */
export function isShortCodeText(text: string): boolean {
  return /^\d{2,6}$/.test(text);
}

export interface CalledFacts {
  /** E.164 of the DID that was dialed, or null when it is not a public number (an extension, a name). */
  readonly number: string | null;
  /** As dialed. */
  readonly raw: string;
}

/** The number of ours that was called: E.164, or as dialed. It is no number of a person who calls, so it is never masked. */
export function calledText({ number, raw }: CalledFacts): string {
  return number ?? raw;
}

/** What the signer of a `shaken` PASSporT stated (RFC 8225, RFC 8588); every text is the signer's and bounded. */
export interface PassportClaims {
  readonly attest: Attestation | null;
  readonly origid: string | null;
  /** The caller's number as signed: digits of E.164 without a plus. */
  readonly orig: string | null;
  /** The dialed numbers as signed, likewise; at most 4. */
  readonly dest: readonly string[];
  /** When it was signed, epoch ms. */
  readonly iat: number | null;
  /** Where its certificate is. */
  readonly x5u: string | null;
}

/** One Identity header of the call. */
export interface IdentityFact {
  /** `ppt`: shaken, div, rcd, rph …, or other. */
  readonly kind: string;
  readonly state: 'verified' | SignatureProblem;
}

/** STIR/SHAKEN result (RFC 8224, ATIS-1000074). */
export interface Verification {
  readonly result: VerificationResult;
  readonly attestation: Attestation | null;
  /** Who signed (URL of the certificate), when known. */
  readonly signer: string | null;
  /** The origid claim, a UUID chosen by the signer. */
  readonly origid: string | null;
  readonly source: VerificationSource | null;
  /** The Identity headers in their order, at most 5. Left out: none, or it is not known. */
  readonly identities?: readonly IdentityFact[];
  /** Why no signature counts, of a call that has one. */
  readonly problem?: SignatureProblem;
  /** Claims of the `shaken` one whose signature holds, also when it does not count. */
  readonly passport?: PassportClaims;
  /** By `dest`, and `div` headers that hold. Left out: not known. */
  readonly signedFor?: SignedFor;
  /** Organization of the signer's certificate, else its common name. Left out: not known. */
  readonly signerName?: string;
  /** Service provider code of that certificate (RFC 8226). Left out: not known. */
  readonly signerCode?: string;
  /** The caller's name as signed (`rcd.nam`, RFC 9795). Left out: none that holds. */
  readonly callerName?: string;
  /** What was verified here and what the carrier says, when they contradict each other: `passed-A`, `failed`. */
  readonly disagreement?: { readonly here: string; readonly carrier: string };
  /** Of older records: kind of a second Identity header, which nobody verified. */
  readonly secondIdentity?: string;
}

/** The windows in which calls are always counted, shortest first; rules may ask for others. */
export const historyWindows = ['5m', '10m', '30m', '1h', '6h', '24h', '7d', '30d'] as const;
export type HistoryWindow = (typeof historyWindows)[number];

/** One count a window, in the order of `historyWindows`, then of `moreWindows`; this call not included. Null at a place: not kept that long. */
export type WindowCounts = readonly (number | null)[];

/** How many calls of a number were verified so. */
export type VerifiedCalls = { readonly [V in RememberedVerification]?: number };

/**
 * What was known before the call; read from Redis in one round trip. A field is null when it is not known (Redis did not
 * have it, the call has no number, or the outcome was recorded by an older Gatehouse): a rule that needs it does not match.
 * `passUntil`, `dialedUntil` and `expected` are admissions: null says that there is none, as for a caller without a number;
 * undefined that it is not known.
 */
export interface CallHistory {
  /** When the caller's pass ends, epoch ms, or null when there is none. */
  readonly passUntil: number | null;
  /** Until when a call back is expected because our people dialed this number, epoch ms; null: we did not. */
  readonly dialedUntil?: number | null;
  /** A window in which staff expect this caller, epoch ms; `called` null: at any number of ours. */
  readonly expected?: { readonly until: number; readonly called: string | null; readonly why: string } | null;
  /** Lengths of further windows, ms: those that the rules asked for when the call came. Left out: none. */
  readonly moreWindows?: readonly number[];
  /** Calls of this number. */
  readonly calls?: WindowCounts | null;
  /** Of them: challenges failed or met with silence. */
  readonly failedChallenges?: WindowCounts | null;
  /** Of them: how many different numbers of ours were called. */
  readonly calledNumbers?: WindowCounts | null;
  /** Of them: how many different decoys (unused numbers of ours, `settings: decoys`) were called. */
  readonly decoys?: WindowCounts | null;
  /** Of those within 30 days that were connected unasked or passed a challenge: how they were verified. */
  readonly verified?: VerifiedCalls | null;
  /** How often a fax machine or a text telephone (TTY) was heard in a call of this number, within 30 days. */
  readonly heard?: { readonly fax?: number; readonly tty?: number } | null;
  /** Calls from the caller's exchange (NANP: same NPA-NXX; else all but the last four digits). */
  readonly exchangeCalls?: WindowCounts | null;
  /** Of them: challenges failed or met with silence, challenges passed, and calls to decoys. */
  readonly exchangeFailed?: WindowCounts | null;
  readonly exchangePassed?: WindowCounts | null;
  readonly exchangeDecoyCalls?: WindowCounts | null;
  /** Calls signed by the same signer. */
  readonly signerCalls?: WindowCounts | null;
  /** The same of them. */
  readonly signerFailed?: WindowCounts | null;
  readonly signerPassed?: WindowCounts | null;
  readonly signerDecoyCalls?: WindowCounts | null;
  /** Challenges of calls that the same signer put under the same origid. */
  readonly origidFailed?: WindowCounts | null;
  readonly origidPassed?: WindowCounts | null;
  /** Calls of all callers to the called number: a surge on it. */
  readonly calledNumberCalls?: WindowCounts | null;
  /** Calls to the whole board. */
  readonly boardCalls?: WindowCounts | null;
  /** Of the calls to the called number, those of callers whom the rules did not know (`Decision.known`). */
  readonly unknownCalledNumberCalls?: WindowCounts | null;
  /** The same of the whole board. */
  readonly unknownBoardCalls?: WindowCounts | null;
  /** How often staff flagged the caller, by word. */
  readonly flags?: { readonly [F in Flag]?: number } | null;
  /** The caller's number asked not to be called, or was told not to call again. */
  readonly optedOut?: boolean | null;
  /** Where a case supposes a campaign; of a call that came `CallFacts.campaign` says it. */
  readonly campaign?: string | null;
}

/** Stands for every calendar among those that are closed by hand. */
export const everyCalendar = '*';

/** Attack levels that concern the called number. What is left out is calm. */
export interface LevelFacts {
  readonly board?: AttackLevel;
  /** Of the called number itself. */
  readonly called?: AttackLevel;
  /** Of lists of called numbers that the called number is on, by id. */
  readonly departments?: Readonly<Record<string, AttackLevel>>;
}

/** What is true of the whole site when the call comes, said by hand or by what our people dialed. */
export interface SiteFacts {
  /** Calendars that were closed by hand (`gatehouse close`) and are so still; `everyCalendar`: all. Left out: none. */
  readonly closed?: readonly string[];
  /** When somebody here last dialed an emergency number, epoch ms. Left out: nobody did within a day. */
  readonly emergencyDialedAt?: number;
  /** Left out: not known; empty: all calm. */
  readonly levels?: LevelFacts;
  /** People call the dialed number back because somebody forged it. Left out: no, when `levels` are known; else not known. */
  readonly callBackSurge?: true;
}

/** What a call shows on arrival beside its numbers; kept for those who look later. */
export interface Signals {
  /** True: the called number is a decoy, an unused number of ours. Left out: it is none. */
  readonly decoy?: true;
  /** Whom the display name claims to be: group and name of the list of claimed names. Left out: nobody of it. */
  readonly claimed?: { readonly group: string; readonly name: string };
  /**
   * Whether a call of ours that shows the caller number is in progress, when that is one of our own numbers: false proves the
   * number forged. Left out: not known.
   */
  readonly ownCallOut?: boolean;
}

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
  /** Left out: not known; then nothing is closed by hand. */
  readonly site?: SiteFacts;
  /** Left out: none. */
  readonly signals?: Signals;
  /**
   * Id of the campaign that the call belongs to, by what it showed on arrival; null: none. From the node's memory, so that it is known
   * while Redis is away too. Left out: not known.
   */
  readonly campaign?: string | null;
}

/** Id of the call's campaign; null: none; undefined: not known. */
export function campaignOf({ campaign, history }: CallFacts): string | null | undefined {
  return campaign === undefined ? history?.campaign : campaign;
}
