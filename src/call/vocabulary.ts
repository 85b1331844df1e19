/**
 * The words of a call, each listed once. Types, schemas, storage, filters, metrics and labels derive from these tables.
 * A word is what is stored, too: it never changes, and is never used again for something else.
 */
interface Word {
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
  connect: { label: 'Connect', rank: 0 },
  challenge: { label: 'Challenge', rank: 1 },
  voicemail: { label: 'Voicemail', rank: 2 },
  reject: { label: 'Reject', rank: 3 },
});
export type VerdictKind = (typeof verdictKinds.words)[number];

/** What records are searched and counted by: a verdict, or none because no rule was evaluated. */
export const decidedVerdicts = words({ ...verdictKinds.all, none: { label: 'Not decided' } });

export const ruleModes = words({
  enforce: { label: 'Enforce' },
  monitor: { label: 'Monitor' },
});
export type RuleMode = (typeof ruleModes.words)[number];

/** What became of a call: each call counts in exactly one. */
export const dispositions = words({
  connected: { label: 'Connected', about: 'sent to people or a queue by a rule' },
  voicemail: { label: 'Voicemail', about: 'asked to leave a message' },
  rejected: { label: 'Rejected', about: 'turned away' },
  abandoned: { label: 'Hung up', about: 'the caller hung up before an exit' },
  bypassed: { label: 'Bypassed', about: 'reached the operators without screening' },
  unaccounted: { label: 'Unaccounted', about: 'unknown where it went' },
});
export type Disposition = (typeof dispositions.words)[number];

/**
 * What a call meant to people: each call counts in exactly one, whatever time range is asked for. What well-behaved callers may suffer is
 * told apart from what is kept away; how, is in src/call-store/projection/impact.ts.
 */
export const callImpacts = words({
  reached: { label: 'Reached people', about: 'sent to people or a queue, screened or not' },
  stopped: {
    label: 'Unwanted, stopped',
    about: 'rejected, or did not pass the challenge; reached nobody, and of no likely person',
  },
  harmed: {
    label: 'Possibly harmed',
    about:
      'likely people who did not pass: known when they called, connected within three days, or signed with attestation A and pressed a key, hung up or did not pass again; in no campaign',
  },
  other: { label: 'Other', about: 'hung up before being asked, or sent to a mailbox by a rule' },
});
export type CallImpact = (typeof callImpacts.words)[number];

/**
 * `answered`: what a caller did who answered, `pressed 1`. `spokenMs`: what is read out beside the words of the prompt, such as
 * digits. How each kind works: src/screening/challenges.
 */
export const challengeKinds = words({
  'press-1': { label: 'Press 1', answered: 'pressed', spokenMs: 0 },
  'two-digits': { label: 'Two digits', answered: 'pressed', spokenMs: 2400 },
});
export type ChallengeKind = (typeof challengeKinds.words)[number];

/** Why a prompt is played again. */
type RetryReason = 'silent' | 'wrong';

/** Id of the prompt that a challenge plays; `retry` null: for the first time, when the rule may name `another`. */
export function challengePrompt(
  kind: ChallengeKind,
  retry: RetryReason | null,
  another: string | undefined,
): string {
  return retry === null ? (another ?? kind) : `${kind}-retry-${retry}`;
}

/** `total`: the field of the report that counts them. */
export const challengeResults = words({
  passed: { label: 'Passed', total: 'passed' },
  failed: { label: 'Wrong digits', total: 'failed' },
  silent: { label: 'Silent', total: 'silent' },
  'gave-up': { label: 'Hung up', total: 'gaveUp' },
});
export type ChallengeResult = (typeof challengeResults.words)[number];

/** What calls are searched by: a result, or that there was a challenge at all. */
export const askedChallenges = words({ ...challengeResults.all, any: { label: 'Challenged' } });

export const attemptResults = words({
  right: { label: 'right' },
  wrong: { label: 'wrong' },
  silent: { label: 'no digit' },
  'hung-up': { label: 'caller hung up' },
  'not-played': { label: 'prompt not played' },
});
export type AttemptResult = (typeof attemptResults.words)[number];

/** Why a call reached the operators without a decision being carried out. `byDialplan`: a note of the dialplan can say so. `isFault`: somebody should look into it. */
export const bypassReasons = words({
  /** Stasis() failed: the app was not registered. */
  'app-absent': { label: 'Gatehouse was not running', byDialplan: true, isFault: true },
  /** The app's heartbeat is too old: it would not decide. */
  'app-frozen': { label: 'Gatehouse did not respond', byDialplan: true, isFault: true },
  /** Screening is shed, never calls. */
  overload: { label: 'more calls than Gatehouse could screen in time', byDialplan: true, isFault: true },
  /** TIMEOUT(absolute) ended a call that sat in Stasis. */
  watchdog: { label: 'the dialplan’s watchdog took the call', byDialplan: true, isFault: true },
  'no-exit': { label: 'Gatehouse released the call without an exit', byDialplan: true, isFault: true },
  dialplan: { label: 'the dialplan could not start the screening', byDialplan: true, isFault: true },
  /** Who cannot press keys has an exit of their own: [gatehouse-to-fax], [gatehouse-to-tty]. */
  fax: { label: 'a fax machine was heard', byDialplan: true, isFault: false },
  tty: { label: 'a text telephone (TTY) was heard', byDialplan: true, isFault: false },
  exception: { label: 'an unexpected error', byDialplan: false, isFault: true },
  /** An ARI request failed or missed its deadline. */
  'ari-failed': { label: 'an Asterisk request failed', byDialplan: false, isFault: true },
  'adopted-too-late': {
    label: 'found after a restart, too late to screen',
    byDialplan: false,
    isFault: true,
  },
  draining: { label: 'Gatehouse was shutting down', byDialplan: false, isFault: true },
});
export type BypassReason = (typeof bypassReasons.words)[number];

/** STIR/SHAKEN (RFC 8224, ATIS-1000074). `none`: unsigned, or nothing verified it; never to be read as a pass. */
export const verificationResults = words({
  passed: { label: 'Signature valid' },
  failed: { label: 'Signature invalid' },
  none: { label: 'Unsigned' },
});
export type VerificationResult = (typeof verificationResults.words)[number];

export const attestations = words({
  A: { label: 'Attestation A' },
  B: { label: 'Attestation B' },
  C: { label: 'Attestation C' },
});
export type Attestation = (typeof attestations.words)[number];

/** What calls are searched by: a letter, or none. */
export const signedAttestations = words({ ...attestations.all, none: { label: 'No attestation' } });

/** Why an Identity header (RFC 8224) says nothing good of a call. `isForged`: it speaks against the call; all others are as if it were unsigned. */
export const signatureProblems = words({
  unreadable: { label: 'cannot be read, or was cut', isForged: false },
  'not-verified': { label: 'not verified: nothing here verifies this kind', isForged: false },
  'certificate-unknown': { label: 'not verified: the certificate could not be had in time', isForged: false },
  'certificate-rejected': {
    label: 'the certificate is not valid, or of no trusted authority',
    isForged: false,
  },
  expired: { label: 'signed too long ago, or by a wrong clock', isForged: false },
  'other-called-number': { label: 'signed for a call to another number', isForged: false },
  'other-caller': { label: 'signed for another caller', isForged: true },
  'bad-signature': { label: 'the signature does not fit', isForged: true },
});
export type SignatureProblem = (typeof signatureProblems.words)[number];

/** Whom a signed call was meant for: us, another number that forwarded it (RFC 8946), or another number. */
export const signedFor = words({
  'called-number': { label: 'the called number' },
  forwarded: { label: 'another number, which forwarded it here (div)' },
  other: { label: 'another number' },
});
export type SignedFor = (typeof signedFor.words)[number];

/**
 * How a call was verified, as remembered of its number. `signed`: a valid signature without a letter; what failed is not
 * remembered, for it is not the number's.
 */
export const rememberedVerifications = ['A', 'B', 'C', 'signed', 'none'] as const;
export type RememberedVerification = (typeof rememberedVerifications)[number];

/** Who verified: our Asterisk, Gatehouse itself, or the carrier by a verstat parameter or an attestation header. */
const verificationSources = words({
  asterisk: { label: 'verified by Asterisk' },
  gatehouse: { label: 'verified by Gatehouse' },
  verstat: { label: 'verstat parameter of the carrier' },
  header: { label: 'attestation header of the carrier' },
});
export type VerificationSource = (typeof verificationSources.words)[number];

/** How far a number, a department or the whole switchboard is under attack. `rank`: the higher, the worse. */
export const attackLevels = words({
  calm: { label: 'Calm', rank: 0 },
  elevated: { label: 'Elevated', rank: 1 },
  attack: { label: 'Attack', rank: 2 },
});
export type AttackLevel = (typeof attackLevels.words)[number];

/** What staff may say of a call. */
export const flagWords = words({
  sales: { label: 'sales' },
  scam: { label: 'scam' },
  wanted: { label: 'wanted' },
});
export type Flag = (typeof flagWords.words)[number];

/** Why a caller number is null. `withheld`: presentation restricted; `malformed`: not a number; `short-code`: 911, a number of nobody. */
export const noNumberReasons = words({
  withheld: { label: 'the caller number is withheld' },
  unavailable: { label: 'no caller number was sent' },
  malformed: { label: 'the caller number is malformed' },
  'short-code': { label: 'the caller number is a short code' },
});
export type NoNumberReason = (typeof noNumberReasons.words)[number];

/** Why a call was decided without history. */
export const noHistoryReasons = words({
  'no-number': { label: 'there is no caller number' },
  deadline: { label: 'the history was not read in time' },
  unavailable: { label: 'the history could not be read' },
  'not-asked': { label: 'the history was not requested' },
});
export type NoHistoryReason = (typeof noHistoryReasons.words)[number];

/** Why a call went elsewhere than it was sent, as the dialplan says; it may have words of its own too. */
export const realExitReasons = words({
  'app-silent': { label: 'Gatehouse did not respond' },
  'box-missing': { label: 'no such mailbox' },
  'box-full': { label: 'the mailbox is full' },
  'mailbox-failed': { label: 'the mailbox failed' },
  'said-nothing': { label: 'the caller said nothing' },
  'queue-empty': { label: 'the queue is empty' },
  'queue-full': { label: 'the queue is full' },
  'queue-timeout': { label: 'the queue did not answer in time' },
  'queue-missing': { label: 'no such queue' },
  'no-answer': { label: 'no answer' },
  busy: { label: 'busy' },
  unregistered: { label: 'the phone is not registered' },
  'no-context': { label: 'no such exit in the dialplan' },
  returned: { label: 'the exit returned to the dialplan' },
  watchdog: { label: 'screening timed out' },
  fax: { label: 'a fax machine was heard' },
  tty: { label: 'a text telephone (TTY) was heard' },
  other: { label: 'the exit failed' },
});
