import { readAuthorities } from '../certificates/authorities.ts';
import { CertificateStore } from '../certificates/certificate-store.ts';
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
  const trusted = readAuthorities(authorities);
  const certificates = new CertificateStore({
    ...{ hosts, clock, log },
    // What is wrong with the file was said at the start, and is in health.
    authorities: typeof trusted === 'string' ? null : trusted,
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
