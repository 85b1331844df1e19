import type { KeyObject } from 'node:crypto';

/** Certificate of a signer, as its address gave it (RFC 8226). */
export interface SignerCertificate {
  /** P-256. */
  readonly key: KeyObject;
  /** Organization, else common name. */
  readonly name: string | null;
  /** Service provider code of its TNAuthList. */
  readonly code: string | null;
  /** Epoch ms, of the certificate and those above it. */
  readonly validFrom: number;
  readonly validTo: number;
  /** It may sign calls, and leads to an authority that the site trusts. Null: the site names no authorities. */
  readonly isTrusted: boolean | null;
}

/** The certificates of signers, from memory alone: no call waits for one. */
export interface SignerCertificates {
  /** Whether Gatehouse can verify a signature itself. */
  readonly hasAuthorities: boolean;
  /**
   * Null: not known yet, or it cannot be had; `rejected`: it is no certificate, or of no trusted authority. What is missing or old
   * is fetched in the background, for the next calls.
   * @param isVerified Asterisk found a signature of it valid, so it has fetched the same address
   */
  find(x5u: string, isVerified: boolean): SignerCertificate | 'rejected' | null;
}
