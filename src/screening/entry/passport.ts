import type { PassportClaims } from '../../call/facts.ts';
import { headerText } from './header-text.ts';

/** A PASSporT in full form, decoded. Nothing of it is verified. */
export interface Passport {
  /** `ppt` (RFC 8225, 8.1), lower case; empty: it has none. */
  readonly kind: string;
  readonly claims: PassportClaims;
  /** The number that forwarded the call, of a `div` one (RFC 8946, section 3). */
  readonly forwardedBy: string | null;
  /** `rcd.nam` (RFC 9795, section 5.1.1). */
  readonly callerName: string | null;
  /** What is signed, and the ES256 signature over it (RFC 7515, section 5.2). */
  readonly signed: string;
  readonly signature: Buffer;
}

const longestIdentity = 8192;
/** Beyond this an address is cut, and then it is no address. */
const longestAddress = 256;

/**
 * Decodes an Identity header (RFC 8224 §4, RFC 8225, RFC 8588, RFC 8946, RFC 9795). Verifies nothing. Null: it cannot be read (cut,
 * compact form, not JSON, not ES256). Never throws; every text is bounded.
 */
export function readPassport(identity: string): Passport | null {
  const [token = ''] = identity.slice(0, longestIdentity).split(';');
  const parts = token.trim().split('.');
  const [header, payload] = parts.slice(0, 2).map(jsonObject);
  if (parts.length !== 3 || header?.alg !== 'ES256' || !payload) return null;
  const { attest, origid, orig, dest, div, iat, rcd } = payload;
  const { x5u, ppt } = header;
  return {
    kind: typeof ppt === 'string' && kindForm.test(ppt) ? ppt.toLowerCase() : '',
    claims: {
      attest: attest === 'A' || attest === 'B' || attest === 'C' ? attest : null,
      origid: text(origid, 80),
      orig: text(field(orig, 'tn'), 40),
      dest: numbers(field(dest, 'tn')),
      iat: typeof iat === 'number' && iat > 0 && iat < 1e11 ? Math.floor(iat) * 1000 : null,
      x5u: typeof x5u === 'string' && x5u.length <= longestAddress ? text(x5u, longestAddress) : null,
    },
    forwardedBy: text(field(div, 'tn'), 40),
    callerName: text(field(rcd, 'nam'), 120),
    signed: parts.slice(0, 2).join('.'),
    signature: Buffer.from(parts[2] ?? '', 'base64url'),
  };
}

const kindForm = /^[a-z]{2,12}(-[a-z]{1,4})?$/i;

/** Kind of PASSporT (`ppt`) of an Identity header, of which the beginning is enough; `other`: none that can be read. */
export function identityKind(identity: string): string {
  const ppt = jsonObject(identity.slice(0, longestIdentity).trim().split('.', 1)[0])?.ppt;
  const [, parameter] = /;\s*ppt\s*=\s*"?([a-z]{2,12})\b/i.exec(identity.slice(0, longestIdentity)) ?? [];
  const kind = typeof ppt === 'string' && kindForm.test(ppt) ? ppt : (parameter ?? 'other');
  return kind.toLowerCase();
}

function jsonObject(base64url = ''): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown, longest: number): string | null {
  return typeof value === 'string' ? headerText(value, longest) || null : null;
}

function numbers(value: unknown): string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value.slice(0, 4) : [value];
  return all.flatMap((one) => text(one, 40) ?? []);
}
