import type { X509Certificate } from 'node:crypto';
import { fromBER, IA5String, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import type { SignerCertificate } from '../screening/entry/signer-certificates.ts';
import { certificatesIn } from './authorities.ts';

/** TNAuthorizationList (RFC 8226, section 9). */
const tnAuthListOid = '1.3.6.1.5.5.7.1.26';
/** A signer's certificate and those between it and its authority. */
const longestChain = 5;

/**
 * A signer's certificate from the PEM of its address, the signer's own first (RFC 8226; ATIS-1000080). Revocation is not looked up.
 * @param authorities null: the site names none, and `isTrusted` is null
 * @throws Error when there is none in it, or none for ES256
 */
export function readCertificate(
  pem: string,
  authorities: readonly X509Certificate[] | null,
  now: number,
): SignerCertificate {
  const chain = certificatesIn(pem).slice(0, longestChain);
  const [own, ...between] = chain;
  if (own === undefined) throw new Error('there is no certificate');
  if (own.publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('no P-256 key');
  const code = serviceProviderCode(own);
  const path = authorities === null ? [own] : pathOf(own, between, authorities, now);
  const { subject } = own.toLegacyObject();
  const signs = code !== null && !own.ca;
  return {
    key: own.publicKey,
    name: shortText(subject.O) ?? shortText(subject.CN),
    code,
    validFrom: Math.max(...(path ?? [own]).map(({ validFromDate }) => validFromDate.getTime())),
    validTo: Math.min(...(path ?? [own]).map(({ validToDate }) => validToDate.getTime())),
    isTrusted: authorities === null ? null : signs && path !== null,
  };
}

/** From the certificate to an authority, both included; null: it leads to none. OpenSSL compares names, key ids and key usage. */
function pathOf(
  own: X509Certificate,
  between: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  now: number,
): X509Certificate[] | null {
  const path = [own];
  for (let last = own; path.length <= longestChain; ) {
    const issued = (by: X509Certificate) => by.ca && last.checkIssued(by) && last.verify(by.publicKey);
    const authority = authorities.find(issued);
    if (authority !== undefined) {
      const whole = [...path, authority];
      return whole.every((one) => one.validFromDate.getTime() <= now && now <= one.validToDate.getTime())
        ? whole
        : null;
    }
    const next = between.find((by) => !path.includes(by) && issued(by));
    if (next === undefined) return null;
    path.push(next);
    last = next;
  }
  return null;
}

/** The first code in the TNAuthList; null: it has none. Ranges and single numbers are not read. */
function serviceProviderCode(certificate: X509Certificate): string | null {
  const [tbs] = children(decoded(certificate.raw));
  // extensions [3] EXPLICIT SEQUENCE OF Extension (RFC 5280, 4.1)
  const extensions = children(children(tbs).find((part) => tagOf(part) === 3));
  for (const extension of children(extensions[0])) {
    const [id, ...rest] = children(extension);
    const value = rest.at(-1);
    if (!(id instanceof ObjectIdentifier) || id.getValue() !== tnAuthListOid) continue;
    if (!(value instanceof OctetString)) return null;
    for (const entry of children(decoded(value.getValue()))) {
      const [code] = tagOf(entry) === 0 ? children(entry) : [];
      if (code instanceof IA5String) return shortText(code.getValue());
    }
  }
  return null;
}

type Block = ReturnType<typeof fromBER>['result'];

function decoded(der: ArrayBuffer | Uint8Array): Block | undefined {
  const { offset, result } = fromBER(der);
  return offset === -1 ? undefined : result;
}

function children(block: Block | undefined): readonly Block[] {
  const value: unknown = block instanceof Sequence || tagOf(block) !== null ? block?.valueBlock : null;
  const inside: unknown = typeof value === 'object' && value !== null && 'value' in value ? value.value : [];
  return Array.isArray(inside) ? (inside as Block[]) : [];
}

/** Number of a context-specific tag; null: another class. */
function tagOf(block: Block | undefined): number | null {
  return block?.idBlock.tagClass === 3 ? block.idBlock.tagNumber : null;
}

function shortText(value: unknown): string | null {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof one !== 'string') return null;
  return (
    one
      .replace(/[\p{Cc}\u2028\u2029]/gu, '')
      .trim()
      .slice(0, 80)
      .toWellFormed() || null
  );
}
