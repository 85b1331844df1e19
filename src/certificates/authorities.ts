import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const certificateForm = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Every certificate in a PEM text. @throws Error when one cannot be read */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(certificateForm) ?? []).map((one) => new X509Certificate(one));
}

/** The authorities of GATEHOUSE_STI_AUTHORITIES (PEM), or what is wrong with the file; null: no file is named. */
export function readAuthorities(path: string | null): readonly X509Certificate[] | string | null {
  if (path === null) return null;
  try {
    const found = certificatesIn(readFileSync(path, 'utf8'));
    return found.length > 0 ? found : 'The file contains no certificate (-----BEGIN CERTIFICATE-----).';
  } catch (error) {
    const { code = 'it is not PEM' } = error as NodeJS.ErrnoException;
    return `The file cannot be used (${code}): Gatehouse verifies no signature.`;
  }
}
