import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CertificateStore } from '../certificates/certificate-store.ts';
import { certificatesIn } from '../certificates/read-certificate.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log/log.ts';
import { trunkOf } from '../policy/policy.ts';
import type { Clock } from '../process/clock.ts';
import type { LivePolicy } from '../rules/live-policy.ts';
import type { EntryReaders } from '../screening/entry/call-facts.ts';

/** What calls are read by: the rules in force, and the certificates of signers. */
export function openEntryReaders(parts: {
  readonly settings: Settings;
  readonly policy: LivePolicy;
  readonly clock: Clock;
  readonly log: Log;
}) {
  const { settings, policy, clock, log } = parts;
  const { authorities, certificates: hosts } = settings.signatures;
  const certificates = new CertificateStore({
    ...{ hosts, clock, log },
    authorities: authorities === null ? null : readAuthorities(authorities, log),
  });
  const readers: EntryReaders = {
    trunkOf: (name) => trunkOf(policy.current(), name),
    signatures: {
      certificates,
      isOwnNumber: (number) => policy.current().settings.ownNumbers.find(number) === true,
    },
  };
  return { readers, close: () => certificates.close() };
}

/** Null: the file cannot be used, and Gatehouse verifies nothing itself. */
function readAuthorities(path: string, log: Log): readonly X509Certificate[] | null {
  try {
    const found = certificatesIn(readFileSync(path, 'utf8'));
    if (found.length > 0) return found;
    log.warn('Signatures are not verified by Gatehouse', { code: 'no-sti-authorities', path, remedy });
  } catch (error) {
    log.warn('Signatures are not verified by Gatehouse', { code: 'no-sti-authorities', path, error, remedy });
  }
  return null;
}

const remedy =
  'Set GATEHOUSE_STI_AUTHORITIES to a file of certificates (PEM) that the user of Gatehouse may read, and restart.';
