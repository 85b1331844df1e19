import type { X509Certificate } from 'node:crypto';
import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import type { SignerCertificate, SignerCertificates } from '../screening/entry/signer-certificates.ts';
import { type CertificateHosts, fetchCertificate, isCertificateAddress } from './fetch-certificate.ts';
import { readCertificate } from './read-certificate.ts';

export interface CertificateStoreOptions {
  /** `off`: nothing is fetched, so that no certificate is known. */
  readonly hosts: CertificateHosts | 'off';
  /** STI certification authorities; null: none are named, and nothing is verified here. */
  readonly authorities: readonly X509Certificate[] | null;
  readonly clock: Clock;
  readonly log: Log;
  /** Replaces the fetch, in tests. */
  readonly fetch?: typeof fetchCertificate;
}

interface Kept {
  readonly certificate: SignerCertificate;
  readonly fetchedAt: number;
}

interface Failure {
  readonly at: number;
  /** There was an answer, and it is not good for anything. */
  readonly isRejected: boolean;
}

const maxCertificates = 500;
const maxFailures = 2000;
const maxWaiting = 50;
/** Names are looked up on Node's threads, which others need too. */
const maxFetching = 2;
/** Fetched anew by the first call after this; the old one counts meanwhile. As Asterisk's `max_cache_entry_age`. */
const freshMs = 3_600_000;
/** Not asked again so soon after a failure. */
const failureMs = 600_000;

/** Certificates of signers, in memory: learned from the calls that name them, at most 500, never while a call waits. */
export class CertificateStore implements SignerCertificates {
  readonly #options: CertificateStoreOptions;
  /** By address, the one used longest ago first. */
  readonly #kept = new Map<string, Kept>();
  /** Addresses whose last fetch failed. Of their own, so that invented addresses push out no certificate. */
  readonly #failed = new Map<string, Failure>();
  readonly #waiting = new Set<string>();
  readonly #fetching = new Set<string>();
  readonly #closing = new AbortController();

  constructor(options: CertificateStoreOptions) {
    this.#options = options;
  }

  get hasAuthorities(): boolean {
    return this.#options.authorities !== null && this.#options.hosts !== 'off';
  }

  find(x5u: string, isVerified: boolean): SignerCertificate | 'rejected' | null {
    const kept = this.#kept.get(x5u);
    if (kept !== undefined) keepLast(this.#kept, x5u, kept, maxCertificates);
    const isFresh = kept !== undefined && this.#options.clock.now() - kept.fetchedAt < freshMs;
    // Nobody verified it: its address is any text of a caller, worth asking only if we can judge the answer.
    if (!isFresh && (isVerified || this.hasAuthorities)) this.#want(x5u);
    if (kept !== undefined) return kept.certificate;
    return this.#failed.get(x5u)?.isRejected === true ? 'rejected' : null;
  }

  close(): void {
    this.#waiting.clear();
    this.#closing.abort();
  }

  #want(x5u: string): void {
    const { hosts, clock } = this.#options;
    const failed = this.#failed.get(x5u);
    if (failed !== undefined && clock.now() - failed.at < failureMs) return;
    if (hosts === 'off' || this.#closing.signal.aborted) return;
    if (this.#fetching.has(x5u) || this.#waiting.has(x5u)) return;
    if (this.#waiting.size >= maxWaiting || !isCertificateAddress(x5u, hosts)) return;
    this.#waiting.add(x5u);
    // Not before the call that asked has been decided.
    setImmediate(() => this.#fetchNext());
  }

  #fetchNext(): void {
    for (const x5u of this.#waiting) {
      if (this.#fetching.size >= maxFetching) return;
      // One slow server takes one place.
      if ([...this.#fetching].some((other) => hostOf(other) === hostOf(x5u))) continue;
      this.#waiting.delete(x5u);
      this.#fetching.add(x5u);
      void this.#learn(x5u).finally(() => {
        this.#fetching.delete(x5u);
        this.#fetchNext();
      });
    }
  }

  /** Never rejects. */
  async #learn(x5u: string): Promise<void> {
    const { hosts, authorities, clock, log, fetch = fetchCertificate } = this.#options;
    if (hosts === 'off') return;
    let isRejected = false;
    try {
      const pem = await fetch(x5u, hosts, this.#closing.signal);
      isRejected = true;
      const certificate = readCertificate(pem, authorities, clock.now());
      if (certificate.isTrusted === false) throw new Error('it leads to no trusted authority');
      this.#failed.delete(x5u);
      keepLast(this.#kept, x5u, { certificate, fetchedAt: clock.now() }, maxCertificates);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      keepLast(this.#failed, x5u, { at: clock.now(), isRejected }, maxFailures);
      log.debug('No certificate of a signer', { host: hostOf(x5u), error });
    }
  }
}

function hostOf(x5u: string): string {
  return new URL(x5u).host;
}

function keepLast<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [first] = map.keys();
  if (map.size > most && first !== undefined) map.delete(first);
}
