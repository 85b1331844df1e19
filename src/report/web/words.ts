import type { Verdict } from '../../policy/verdict.ts';
import type { ChallengeAttempt, ChallengeResult, Exit, Outcome } from '../../screening/outcome.ts';
import type { Whereabouts } from '../../screening/whereabouts.ts';
import type { CountDimension } from '../call-records.ts';

/** Where calls went, in the order in which they are stacked and listed. */
export const places: readonly { readonly key: Whereabouts; readonly word: string; readonly about: string }[] =
  [
    { key: 'connected', word: 'Connected', about: 'sent to people or a queue by a decision' },
    { key: 'voicemail', word: 'Voicemail', about: 'asked to leave a message' },
    { key: 'rejected', word: 'Rejected', about: 'turned away' },
    { key: 'abandoned', word: 'Hung up', about: 'the caller hung up before an exit' },
    { key: 'bypassed', word: 'Not screened', about: 'reached the operators without a decision' },
    {
      key: 'unaccounted',
      word: 'Unaccounted',
      about: 'open when a process died; nothing tells what became of it',
    },
  ];

export const placeWords: ReadonlyMap<string, string> = new Map(places.map(({ key, word }) => [key, word]));

export const challengeWords: Readonly<Record<ChallengeResult, string>> = {
  passed: 'Passed',
  failed: 'Wrong digits',
  silent: 'Silent',
  'gave-up': 'Hung up',
};

export const attemptWords: Readonly<Record<ChallengeAttempt['result'], string>> = {
  right: 'right',
  wrong: 'wrong',
  silent: 'no digit',
  'hung-up': 'caller hung up',
  'not-played': 'prompt not played',
};

const bypassWords: Readonly<Record<string, string>> = {
  'app-absent': 'Gatehouse was not running',
  watchdog: 'the dialplan’s watchdog took the call',
  'no-exit': 'Gatehouse let the call go without an exit',
  dialplan: 'the dialplan could not start the screening',
  exception: 'an unexpected error',
  'ari-failed': 'Asterisk did not do what was asked',
  'adopted-too-late': 'found after a restart, too late to screen',
  draining: 'Gatehouse was shutting down',
};

/** Why a call was not screened. */
export function bypassReason(reason: string): string {
  return bypassWords[reason] ?? reason;
}

export const stateWords: Readonly<Record<string, string>> = {
  deciding: 'Being decided',
  answering: 'Being answered',
  prompting: 'Hears the prompt',
  collecting: 'May press digits',
  announcing: 'Hears an announcement',
  leaving: 'On the way out',
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

/** A verdict in one line. */
export function verdictWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'connect':
      return `connect to ${verdict.exit}${verdict.label === null ? '' : ` as “${verdict.label}”`}`;
    case 'voicemail':
      return `take a message in mailbox ${verdict.box}`;
    case 'reject':
      return `reject with SIP ${verdict.sip}${verdict.announcement === null ? '' : ` after the words “${verdict.announcement}”`}`;
    case 'challenge':
      return `challenge with ${verdict.challenge === 'press-1' ? 'press 1' : 'two digits'} in ${languageWords(verdict.language)}, ${verdict.attempts === 1 ? 'one attempt' : `${verdict.attempts} attempts`}`;
  }
}

/** What stands for a call in one word: how a challenge ended says more than the exit. */
export function challengeOf(outcome: Outcome): string | null {
  const result = outcome.challenge?.result ?? null;
  if (result === null) return null;
  return result === 'gave-up' ? 'during the challenge' : challengeWords[result];
}

/** Hangup causes of Q.850 that a connected call ends with; the number is always shown too. */
const causes: Readonly<Record<number, string>> = {
  1: 'number not assigned',
  16: 'ended normally',
  17: 'busy',
  18: 'nobody answered',
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
  if (dimension === 'where') return placeWords.get(value) ?? value;
  if (dimension === 'challenge') return challengeWords[value as ChallengeResult] ?? value;
  if (dimension === 'bypass') return bypassReason(value);
  if (dimension === 'verification')
    return { passed: 'Signature passed', failed: 'Signature failed', none: 'No signature' }[value] ?? value;
  if (dimension === 'attestation') return /^[ABC]$/.test(value) ? `Attestation ${value}` : 'No attestation';
  return value;
}

export function count(calls: number): string {
  return calls.toLocaleString('en-GB');
}

/** How many outcomes wait for Redis, as the beginning of a sentence. */
export function waiting(backlog: number): string {
  if (backlog === 0) return 'No outcome waits in the outbox';
  return backlog === 1 ? 'One outcome waits in the outbox' : `${count(backlog)} outcomes wait in the outbox`;
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
