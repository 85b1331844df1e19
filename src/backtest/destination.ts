import type { Fallback, Verdict } from '../call/verdict.ts';
import { verdictKinds } from '../call/vocabulary.ts';

/** True when the caller is worse off than before: asked where connected, a mailbox where asked, turned away. */
export function isWorse(before: Verdict, now: Verdict): boolean {
  return verdictKinds.all[now.kind].rank > verdictKinds.all[before.kind].rank;
}

/**
 * Where a verdict sends the call, without the words and times that go with it: two verdicts with one destination treat the caller
 * alike. It has only the organization's own names, never text from the caller.
 */
export function destinationOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'connect':
      return verdict.exit === 'operators' ? 'connect' : `connect to ${verdict.exit}`;
    case 'voicemail':
      return `voicemail ${verdict.box}`;
    case 'reject':
      return `reject ${verdict.sip}`;
    case 'challenge': {
      const ends = [
        verdict.passed.exit === 'operators' ? '' : `passed: ${destinationOf(verdict.passed)}`,
        verdict.failed.kind === 'voicemail' ? '' : `failed: ${destinationOf(verdict.failed)}`,
        verdict.silent.kind === 'voicemail' ? '' : `silent: ${destinationOf(verdict.silent)}`,
      ].filter((end) => end !== '');
      return `challenge ${verdict.challenge}${ends.length === 0 ? '' : ` (${ends.join(', ')})`}`;
    }
  }
}

/** The same in every word and number: what a decision that is repeated must give. */
export function sameVerdict(a: Verdict, b: Verdict): boolean {
  switch (a.kind) {
    case 'connect':
    case 'voicemail':
    case 'reject':
      return sameEnd(a, b);
    case 'challenge':
      return (
        b.kind === 'challenge' &&
        a.challenge === b.challenge &&
        a.prompt === b.prompt &&
        a.attempts === b.attempts &&
        a.digitTimeoutMs === b.digitTimeoutMs &&
        a.language === b.language &&
        a.passForMs === b.passForMs &&
        a.earlyMedia === b.earlyMedia &&
        sameEnd(a.passed, b.passed) &&
        sameEnd(a.failed, b.failed) &&
        sameEnd(a.silent, b.silent)
      );
  }
}

function sameEnd(a: Fallback, b: Verdict): boolean {
  switch (a.kind) {
    case 'connect':
      return (
        b.kind === 'connect' &&
        a.exit === b.exit &&
        a.label === b.label &&
        a.announcement?.prompt === b.announcement?.prompt &&
        a.announcement?.language === b.announcement?.language
      );
    case 'voicemail':
      return b.kind === 'voicemail' && a.box === b.box;
    case 'reject':
      return (
        b.kind === 'reject' &&
        a.sip === b.sip &&
        a.announcement === b.announcement &&
        a.language === b.language
      );
  }
}
