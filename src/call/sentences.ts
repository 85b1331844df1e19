import type { CountDimension } from './call-records.ts';
import { bypassOfRealExit, type RealExit } from './disposition.ts';
import type { LevelFacts } from './facts.ts';
import type { Exit } from './outcome.ts';
import type { Verdict } from './verdict.ts';
import {
  attackLevels,
  bypassReasons,
  challengeKinds,
  challengeResults,
  dispositions,
  realExitReasons,
  signedAttestations,
  verificationResults,
  type Words,
} from './vocabulary.ts';

export const stateWords: Readonly<Record<string, string>> = {
  deciding: 'Deciding',
  answering: 'Answering',
  prompting: 'Playing prompt',
  collecting: 'Waiting for digits',
  announcing: 'Playing announcement',
  leaving: 'Transferring',
  ended: 'Ended',
};

const languages = new Intl.DisplayNames('en-GB', { type: 'language', fallback: 'code' });

/** `es` → `Spanish`; what is no language stays as it is. */
export function languageWords(code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Where a call goes on, or why it did not. */
export function exitWords(exit: Exit): string {
  switch (exit.kind) {
    case 'connect':
      return exit.label === null
        ? `connected to ${exit.exit}`
        : `connected to ${exit.exit} as “${exit.label}”`;
    case 'voicemail':
      return `sent to mailbox ${exit.box}`;
    case 'reject':
      return `rejected with SIP ${exit.sip}`;
    case 'none':
      return exit.reason === 'caller-hung-up' ? 'the caller hung up' : 'unaccounted for';
  }
}

/** Why a call went elsewhere than it was sent. */
export function realExitReason(why: string): string {
  return realExitReasons.has(why) ? realExitReasons.label(why) : why.replaceAll('-', ' ');
}

/** Where a call really went. */
export function realPlaceWords({ to }: RealExit): string {
  switch (to.kind) {
    case 'operators':
      return to.exit ?? 'operators';
    case 'voicemail':
      return `mailbox ${to.box}`;
    case 'rejected':
      return 'rejected';
    case 'nowhere':
      return 'reached no one';
  }
}

/** Where a call was sent, and where it ended up when that is known to differ: `sent to mailbox general, no such mailbox: operators`. */
export function wentWords(exit: Exit, realExit: RealExit | undefined): string {
  const { kind } = realExit?.to ?? {};
  const ended = { connect: 'operators', voicemail: 'voicemail', reject: 'rejected', none: null }[exit.kind];
  const isAsSent = ended === kind;
  const bypass = bypassOfRealExit(realExit);
  if (bypass !== null && realExit?.why === 'app-silent')
    return `${realPlaceWords(realExit)}, not screened: ${bypassReasons.label(bypass)}`;
  if (realExit === undefined || (isAsSent && realExit.why === 'app-silent')) return exitWords(exit);
  const sent = exit.kind === 'none' ? 'left the screener' : exitWords(exit);
  return `${sent}, ${realExitReason(realExit.why)}: ${realPlaceWords(realExit)}`;
}

/** A verdict in one line. */
export function verdictWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'connect':
      return `connect to ${verdict.exit}${verdict.label === null ? '' : ` as “${verdict.label}”`}${verdict.announcement === undefined ? '' : ` after the announcement “${verdict.announcement.prompt}”`}`;
    case 'voicemail':
      return `take a message in mailbox ${verdict.box}`;
    case 'reject':
      return `reject with SIP ${verdict.sip}${verdict.announcement === null ? '' : ` after the announcement “${verdict.announcement}”`}`;
    case 'challenge':
      return `challenge with ${challengeKinds.label(verdict.challenge).toLowerCase()} in ${languageWords(verdict.language)}, ${verdict.attempts === 1 ? 'one attempt' : `${verdict.attempts} attempts`}${verdict.prompt === undefined ? '' : `, beginning with the prompt “${verdict.prompt}”`}`;
  }
}

/** Hangup causes of Q.850 that a connected call ends with; the number is always shown too. */
const causes: Readonly<Record<number, string>> = {
  1: 'number not assigned',
  16: 'ended normally',
  17: 'busy',
  18: 'no answer',
  19: 'rang without an answer',
  20: 'phone not reachable',
  21: 'refused',
  26: 'answered elsewhere',
  27: 'out of order',
  31: 'ended',
  34: 'no line free',
  38: 'network out of order',
  41: 'temporary failure',
  42: 'congestion',
  102: 'timer expired',
  127: 'ended, reason unknown',
};

export function causeWords(cause: number): string {
  return `${causes[cause] ?? 'other'} (Q.850 cause ${cause})`;
}

/** A value of a count, for people. */
export function valueWords(dimension: CountDimension, value: string): string {
  const counted: Partial<Record<CountDimension, Words>> = {
    where: dispositions,
    challenge: challengeResults,
    bypass: bypassReasons,
    verification: verificationResults,
  };
  if (dimension === 'attestation') return signedAttestations.label(value);
  return counted[dimension]?.label(value) ?? value;
}

export function count(calls: number): string {
  return calls.toLocaleString('en-GB');
}

/** How many outcomes wait for Redis, as the beginning of a sentence. */
export function waiting(backlog: number): string {
  if (backlog === 0) return 'No records are waiting in the outbox';
  return backlog === 1
    ? 'One record is waiting in the outbox'
    : `${count(backlog)} records are waiting in the outbox`;
}

export function calls(number: number): string {
  return `${count(number)} ${number === 1 ? 'call' : 'calls'}`;
}

/** Parts of a whole: `0 %`, `0.4 %`, `12 %`; `–` of nothing. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '–';
  const share = (100 * part) / whole;
  if (part > 0 && share < 0.1) return '< 0.1 %';
  return `${share > 0 && share < 10 ? share.toFixed(1) : Math.round(share)} %`;
}

/** `board attack, billing elevated`; null: all calm, or not known. */
export function levelWords({ board, called, departments = {} }: LevelFacts): string | null {
  const all = [
    ['board', board] as const,
    ['called number', called] as const,
    ...Object.entries(departments),
  ].flatMap(([of, level]) =>
    level === undefined ? [] : [`${of} ${attackLevels.label(level).toLowerCase()}`],
  );
  return all.length === 0 ? null : all.join(', ');
}
