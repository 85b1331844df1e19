import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { certificatesIn, readAuthorities } from '../../src/certificates/authorities.ts';
import { readCertificate } from '../../src/certificates/read-certificate.ts';
import { type TestAuthority, testAuthority } from '../fakes/signing-authority.ts';

let dir: string;
let made: TestAuthority;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-authority-'));
  made = await testAuthority(dir);
}, 30_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

const hourMs = 3_600_000;
const read = (pem: string, now = Date.now() + hourMs) =>
  readCertificate(pem, certificatesIn(made.authority), now);

it('name and provider code of a certificate, by an intermediate one or directly', () => {
  for (const pem of [made.signer.chain, made.direct])
    expect(read(pem)).toMatchObject({ name: 'Carrier', code: '709J', isTrusted: true });
  const { validFrom, validTo } = read(made.signer.chain);
  expect(validTo - validFrom).toBeGreaterThan(47 * hourMs);
});

it('only a carrier’s certificate below a trusted authority, in date, is trusted', () => {
  const untrusted = [
    made.signer.carrier,
    made.withoutCode,
    made.stranger,
    made.authority,
    made.signer.between,
    made.stranger + made.signer.between + made.authority,
  ];
  for (const pem of untrusted) expect(read(pem).isTrusted).toBe(false);
  expect(read(made.direct, Date.now() - 24 * hourMs).isTrusted).toBe(false);
  expect(read(made.direct, Date.now() + 72 * hourMs).isTrusted).toBe(false);
});

it('a site that names no authorities learns who signed, and trusts nobody', () => {
  expect(readCertificate(made.signer.carrier, null, Date.now())).toMatchObject({
    ...{ name: 'Carrier', code: '709J', isTrusted: null },
  });
});

it('what is no certificate is refused, and hostile bytes change nothing but their certificate', () => {
  expect(() => read('')).toThrow();
  expect(() => read(made.signer.key)).toThrow();
  expect(() => read('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toThrow();
  const der = Buffer.from(made.direct.replace(/-----[^-]+-----/g, ''), 'base64');
  const byte = fc.tuple(fc.nat(der.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { minLength: 1, maxLength: 8 }), (changes) => {
      const bytes = Buffer.from(der);
      for (const [at, value] of changes) bytes[at] = value;
      const pem = `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----`;
      try {
        expect(read(pem).isTrusted && !bytes.equals(der)).toBe(false);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 300 },
  );
});

it('a file of authorities that cannot be used says why', () => {
  expect(readAuthorities(null)).toBeNull();
  expect(readAuthorities(join(dir, 'authority.pem'))).toHaveLength(1);
  expect(readAuthorities(join(dir, 'missing.pem'))).toContain('ENOENT');
  expect(readAuthorities(join(dir, 'authority.key'))).toContain('no certificate');
});
