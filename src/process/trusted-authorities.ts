import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Trusts the authorities of GATEHOUSE_CA_FILE (PEM) beside those that Node trusts, for every TLS connection of this thread, and, by
 * NODE_EXTRA_CA_CERTS, of processes that it starts. Call it before the first connection. Returns what is wrong with the file; then
 * nothing is changed. Null: all is well, or no file is named.
 */
export function trustAuthorities(path = process.env.GATEHOUSE_CA_FILE): string | null {
  if (!path) return null;
  try {
    const found = readFileSync(path, 'utf8').match(certificate);
    if (found === null) return 'The file contains no certificate (-----BEGIN CERTIFICATE-----).';
    setDefaultCACertificates([...getCACertificates('default'), ...found]);
    process.env.NODE_EXTRA_CA_CERTS ??= path;
    return null;
  } catch (error) {
    const { code = 'it is not PEM' } = error as NodeJS.ErrnoException;
    return `The file cannot be used (${code}).`;
  }
}

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * What helps when a TLS connection fails because of the certificate. `code`: as OpenSSL, Node or nodemailer say it; null when it says
 * nothing of certificates.
 */
export function certificateRemedy(code: string): string | null {
  if (/HAS_EXPIRED|NOT_YET_VALID/.test(code))
    return 'Renew the certificate of that server; if it is new, compare the clocks of both machines.';
  if (/ALTNAME/.test(code)) return 'Use the host name that the certificate of that server is made out to.';
  if (!/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) return null;
  return 'Put the certificate of the authority that signed it (PEM) into a file, set GATEHOUSE_CA_FILE to its path, and restart.';
}
