/**
 * The words of a call, each listed once. Types, schemas, storage, filters, metrics and labels derive from these tables.
 * `code` stands for the word in storage: it never changes and is never reused, so new words get new codes.
 */
interface Word {
  readonly code: number;
  /** For people. */
  readonly label: string;
}

export interface Words<Key extends string = string, Entry extends Word = Word> {
  readonly all: Readonly<Record<Key, Entry>>;
  /** In the order in which they are listed and stacked. */
  readonly words: readonly [Key, ...Key[]];
  has(text: unknown): text is Key;
  /** The label; a word of another version stands for itself. */
  label(word: string): string;
}

function words<const All extends Readonly<Record<string, Word>>>(
  all: All,
): Words<keyof All & string, All[keyof All]> & { readonly all: All } {
  type Key = keyof All & string;
  const keys = Object.keys(all) as [Key, ...Key[]];
  const has = (text: unknown): text is Key => typeof text === 'string' && Object.hasOwn(all, text);
  return {
    all,
    words: keys,
    has,
    label: (word) => (has(word) ? (all[word]?.label ?? word) : word),
  };
}

/** A count for each word, to begin from. */
export function zeroFor<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}

/** `rank`: what the verdict means to the caller, best first. */
export const verdictKinds = words({
  connect: { code: 1, label: 'Connect', rank: 0 },
  challenge: { code: 2, label: 'Challenge', rank: 1 },
  voicemail: { code: 3, label: 'Voicemail', rank: 2 },
  reject: { code: 4, label: 'Reject', rank: 3 },
});
export type VerdictKind = (typeof verdictKinds.words)[number];

/** What records are searched and counted by: a verdict, or none because no rule was evaluated. */
export const decidedVerdicts = words({ ...verdictKinds.all, none: { code: 5, label: 'Not decided' } });

export const ruleModes = words({
  enforce: { code: 1, label: 'Enforce' },
  monitor: { code: 2, label: 'Monitor' },
});
export type RuleMode = (typeof ruleModes.words)[number];

/** What became of a call: each call counts in exactly one. */
export const dispositions = words({
  connected: { code: 1, label: 'Connected', about: 'sent to people or a queue by a rule' },
  voicemail: { code: 2, label: 'Voicemail', about: 'asked to leave a message' },
  rejected: { code: 3, label: 'Rejected', about: 'turned away' },
  abandoned: { code: 4, label: 'Hung up', about: 'the caller hung up before an exit' },
  bypassed: { code: 5, label: 'Bypassed', about: 'reached the operators without screening' },
  unaccounted: { code: 6, label: 'Unaccounted', about: 'unknown where it went' },
});
export type Disposition = (typeof dispositions.words)[number];

/**
 * `answered`: what a caller did who answered, `pressed 1`. `spokenMs`: what is read out beside the words of the prompt, such as
 * digits. How each kind works: src/screening/challenges.
 */
export const challengeKinds = words({
  'press-1': { code: 1, label: 'Press 1', answered: 'pressed', spokenMs: 0 },
  'two-digits': { code: 2, label: 'Two digits', answered: 'pressed', spokenMs: 2400 },
});
export type ChallengeKind = (typeof challengeKinds.words)[number];

/** Why a prompt is played again. */
type RetryReason = 'silent' | 'wrong';

/** Id of the prompt that a challenge plays; `retry` null: for the first time. */
export function challengePrompt(kind: ChallengeKind, retry: RetryReason | null): string {
  return retry === null ? kind : `${kind}-retry-${retry}`;
}

/** `total`: the field of the report that counts them. */
export const challengeResults = words({
  passed: { code: 1, label: 'Passed', total: 'passed' },
  failed: { code: 2, label: 'Wrong digits', total: 'failed' },
  silent: { code: 3, label: 'Silent', total: 'silent' },
  'gave-up': { code: 4, label: 'Hung up', total: 'gaveUp' },
});
export type ChallengeResult = (typeof challengeResults.words)[number];

export const attemptResults = words({
  right: { code: 1, label: 'right' },
  wrong: { code: 2, label: 'wrong' },
  silent: { code: 3, label: 'no digit' },
  'hung-up': { code: 4, label: 'caller hung up' },
  'not-played': { code: 5, label: 'prompt not played' },
});
export type AttemptResult = (typeof attemptResults.words)[number];

/** Why a call reached the operators without a decision being carried out. `byDialplan`: a note of the dialplan can say so. */
export const bypassReasons = words({
  /** Stasis() failed: the app was not registered. */
  'app-absent': { code: 1, label: 'Gatehouse was not running', byDialplan: true },
  /** The app's heartbeat is too old: it would not decide. */
  'app-frozen': { code: 10, label: 'Gatehouse did not respond', byDialplan: true },
  /** Screening is shed, never calls. */
  overload: { code: 9, label: 'more calls than Gatehouse could screen in time', byDialplan: true },
  /** TIMEOUT(absolute) ended a call that sat in Stasis. */
  watchdog: { code: 2, label: 'the dialplan’s watchdog took the call', byDialplan: true },
  'no-exit': { code: 3, label: 'Gatehouse released the call without an exit', byDialplan: true },
  dialplan: { code: 4, label: 'the dialplan could not start the screening', byDialplan: true },
  exception: { code: 5, label: 'an unexpected error', byDialplan: false },
  /** An ARI request failed or missed its deadline. */
  'ari-failed': { code: 6, label: 'an Asterisk request failed', byDialplan: false },
  'adopted-too-late': { code: 7, label: 'found after a restart, too late to screen', byDialplan: false },
  draining: { code: 8, label: 'Gatehouse was shutting down', byDialplan: false },
});
export type BypassReason = (typeof bypassReasons.words)[number];

/** STIR/SHAKEN (RFC 8224, ATIS-1000074). `none`: unsigned, or nothing verified it; never to be read as a pass. */
export const verificationResults = words({
  passed: { code: 1, label: 'Signature valid' },
  failed: { code: 2, label: 'Signature invalid' },
  none: { code: 3, label: 'Unsigned' },
});
export type VerificationResult = (typeof verificationResults.words)[number];

export const attestations = words({
  A: { code: 1, label: 'Attestation A' },
  B: { code: 2, label: 'Attestation B' },
  C: { code: 3, label: 'Attestation C' },
});
export type Attestation = (typeof attestations.words)[number];

/** Who verified: our Asterisk, or the carrier by a verstat parameter or an attestation header. */
const verificationSources = words({
  asterisk: { code: 1, label: 'verified by Asterisk' },
  verstat: { code: 2, label: 'verstat parameter of the carrier' },
  header: { code: 3, label: 'attestation header of the carrier' },
});
export type VerificationSource = (typeof verificationSources.words)[number];

/** What staff may say of a call. */
export const flagWords = words({
  sales: { code: 1, label: 'sales' },
  scam: { code: 2, label: 'scam' },
  wanted: { code: 3, label: 'wanted' },
});
export type Flag = (typeof flagWords.words)[number];

/** Why a caller number is null. `withheld`: presentation restricted; `malformed`: not a number. */
export const noNumberReasons = words({
  withheld: { code: 1, label: 'the caller number is withheld' },
  unavailable: { code: 2, label: 'no caller number was sent' },
  malformed: { code: 3, label: 'the caller number is malformed' },
});
export type NoNumberReason = (typeof noNumberReasons.words)[number];

/** Why a call was decided without history. */
export const noHistoryReasons = words({
  'no-number': { code: 1, label: 'there is no caller number' },
  deadline: { code: 2, label: 'the history was not read in time' },
  unavailable: { code: 3, label: 'the history could not be read' },
  'not-asked': { code: 4, label: 'the history was not requested' },
});
export type NoHistoryReason = (typeof noHistoryReasons.words)[number];

/** Why a call went elsewhere than it was sent, as the dialplan says; it may have words of its own too. */
export const realExitReasons = words({
  'app-silent': { code: 1, label: 'Gatehouse did not respond' },
  'box-missing': { code: 2, label: 'no such mailbox' },
  'box-full': { code: 3, label: 'the mailbox is full' },
  'mailbox-failed': { code: 4, label: 'the mailbox failed' },
  'queue-empty': { code: 5, label: 'the queue is empty' },
  'queue-full': { code: 6, label: 'the queue is full' },
  'queue-timeout': { code: 7, label: 'the queue did not answer in time' },
  'queue-missing': { code: 8, label: 'no such queue' },
  'no-answer': { code: 9, label: 'no answer' },
  busy: { code: 10, label: 'busy' },
  unregistered: { code: 11, label: 'the phone is not registered' },
  'no-context': { code: 12, label: 'no such exit in the dialplan' },
  returned: { code: 13, label: 'the exit returned to the dialplan' },
  watchdog: { code: 14, label: 'screening timed out' },
  other: { code: 15, label: 'the exit failed' },
});
