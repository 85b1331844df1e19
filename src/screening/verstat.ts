import type { Attestation } from '../policy/facts.ts';

export interface Verstat {
  readonly result: 'passed' | 'failed' | 'none';
  readonly attestation: Attestation | null;
}

const longestHeader = 4096;
const quotedString = /"(?:\\.|[^"\\])*"/g;
const verstatParameter = /;\s*verstat\s*=\s*([a-z-]{1,40})(?=[;@>?\s]|$)/gi;

/**
 * What the `verstat` parameters of From or P-Asserted-Identity headers say (3GPP TS 24.229 §7.2A.20; the attestation
 * suffix is ATIS-1000074's). Where several disagree the least trusting wins. Null: none of them says anything.
 *
 * Only the URI is read: the display name is the caller's own text and may well contain `;verstat=`.
 */
export function verstatOf(headers: readonly string[]): Verstat | null {
  return headers
    .flatMap(addressUris)
    .flatMap((uri) => [...uri.matchAll(verstatParameter)])
    .map((match) => verstatValue(match[1] ?? ''))
    .filter((verstat) => verstat !== null)
    .reduce<Verstat | null>((worst, next) => (worst && trust(worst) <= trust(next) ? worst : next), null);
}

function addressUris(header: string): string[] {
  if (header.length > longestHeader) return [];
  const bare = header.replace(quotedString, ' ');
  // A quote that never closes, or one whose beginning the dialplan cut off: the display name may pose as the URI.
  if (/["\\]/.test(bare)) return [];
  const uris = bare.includes('<') ? [...bare.matchAll(/<([^<>]*)>/g)].map((match) => match[1] ?? '') : [bare];
  return uris.map((uri) => uri.split('?')[0] ?? '').filter((uri) => /^\s*(sips?|tel):/i.test(uri));
}

function verstatValue(value: string): Verstat | null {
  const match =
    /^(?:(tn-validation-passed)(?:-([abc]))?|(tn-validation-failed)(?:-[abc])?|no-tn-validation)$/.exec(
      value.toLowerCase(),
    );
  if (match === null) return null;
  if (match[1] !== undefined)
    return { result: 'passed', attestation: (match[2]?.toUpperCase() ?? null) as Attestation | null };
  return { result: match[3] === undefined ? 'none' : 'failed', attestation: null };
}

function trust(verstat: Verstat): number {
  if (verstat.result === 'failed') return 0;
  if (verstat.result === 'none') return 1;
  // No letter says nothing about the attestation, so a letter beside it is news, not a contradiction.
  return { C: 2, B: 3, A: 4, '': 5 }[verstat.attestation ?? ''];
}
