import type { Attestation } from '../../call/vocabulary.ts';
import { headerText } from './header-text.ts';

export interface IdentityClaims {
  /** URL of the signer's certificate (x5u). */
  readonly signer: string | null;
  readonly origid: string | null;
  readonly attestation: Attestation | null;
  /** The signed caller number (`orig.tn`), as the signer wrote it. */
  readonly number: string | null;
}

const longestIdentity = 8192;

/**
 * Reads the PASSporT of an Identity header (RFC 8224 §4, RFC 8225, RFC 8588). Checks no signature: call it only for a
 * header that was verified. What cannot be read (cut, compact form, not JSON) is null; never throws.
 */
export function identityClaims(identity: string): IdentityClaims {
  const [token = ''] = identity.slice(0, longestIdentity).split(';');
  const [header, payload] = token.trim().split('.', 2).map(jsonObject);
  const { attest, origid, orig } = payload ?? {};
  const number = typeof orig === 'object' && orig !== null && 'tn' in orig ? orig.tn : null;
  return {
    signer: text(header?.x5u, 256),
    origid: text(origid, 80),
    attestation: attest === 'A' || attest === 'B' || attest === 'C' ? attest : null,
    number: text(number, 40),
  };
}

/** Kind of PASSporT (`ppt`) of an Identity header, of which the beginning is enough; `other`: none that can be read. */
export function identityKind(identity: string): string {
  const { ppt } = jsonObject(identity.slice(0, longestIdentity).trim().split('.', 1)[0]);
  const [, parameter] = /;\s*ppt\s*=\s*"?([a-z]{2,12})\b/i.exec(identity) ?? [];
  const kind = typeof ppt === 'string' && /^[a-z]{2,12}$/i.test(ppt) ? ppt : (parameter ?? 'other');
  return kind.toLowerCase();
}

function jsonObject(base64url = ''): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown, longest: number): string | null {
  return typeof value === 'string' ? headerText(value, longest) || null : null;
}
