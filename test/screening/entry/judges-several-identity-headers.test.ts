import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unnamedTrunk } from '../../../src/call/trunk.ts';
import { type EntryFields, parseEntryArgs } from '../../../src/screening/entry/entry-args.ts';
import { verificationFromEntry } from '../../../src/screening/entry/read-verification.ts';
import type {
  SignerCertificate,
  SignerCertificates,
} from '../../../src/screening/entry/signer-certificates.ts';
import { type SignedToken, signedIdentity } from '../../fakes/signing-authority.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const now = Date.UTC(2026, 2, 2, 15);
const x5u = 'https://cert.example/a.pem';
const certificate: SignerCertificate = {
  ...{ key: publicKey, name: 'Carrier', code: '709J', isTrusted: true },
  ...{ validFrom: now - 1000, validTo: now + 1000 },
};
const forwarder = '13125550177';

const sign = (token: Partial<SignedToken> = {}) =>
  signedIdentity({
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ...{ x5u, now, number: '12125550123', dialed: '13175550100', ...token },
  });

function read(
  fields: Partial<EntryFields>,
  known: SignerCertificate | 'rejected' | null = certificate,
  more: Partial<SignerCertificates> = {},
) {
  const certificates = { hasAuthorities: true, find: () => known, ...more };
  return verificationFromEntry({ ...parseEntryArgs([]), ...fields }, unnamedTrunk('US'), {
    ...{ caller: '+12125550123', called: '+13175550100', now },
    signatures: { certificates, isOwnNumber: (number) => number === '+18005550199' },
  });
}

describe('a header that Asterisk did not verify', () => {
  it('counts when its certificate is known, wherever it stands', async () => {
    const [shaken, rph] = [await sign({ attest: 'B' }), await sign({ ppt: 'rph' })];
    for (const fields of [
      { ssi: shaken },
      { ssi: rph, id2: shaken },
      { ssi: rph, id2: rph, id3: shaken },
      { ssi: `${rph}, ${rph},${shaken}` },
    ])
      expect(read(fields)).toMatchObject({
        ...{ result: 'passed', attestation: 'B', source: 'gatehouse', signer: x5u, signerCode: '709J' },
        ...{ signedFor: 'called-number', passport: { orig: '12125550123', dest: ['13175550100'], x5u } },
      });
  });

  it.each<[string, Partial<SignedToken>, SignerCertificate | 'rejected' | null, string, string]>([
    ['an unknown certificate', {}, null, 'none', 'certificate-unknown'],
    ['a rejected one', {}, 'rejected', 'none', 'certificate-rejected'],
    ['one of nobody', {}, { ...certificate, isTrusted: null }, 'none', 'certificate-rejected'],
    ['one that expired', {}, { ...certificate, validTo: now - 1 }, 'none', 'certificate-rejected'],
    ['one to come', {}, { ...certificate, validFrom: now + 1 }, 'none', 'certificate-rejected'],
    ['61 s of age', { age: 61 }, certificate, 'none', 'expired'],
    ['a time to come', { age: -61 }, certificate, 'none', 'expired'],
    ['no time', { claims: { iat: 'now' } }, certificate, 'none', 'expired'],
    ['another called number', { dialed: forwarder }, certificate, 'none', 'other-called-number'],
    ['no letter', { attest: 'a' }, certificate, 'none', 'unreadable'],
    ['another caller', { number: '12125550199' }, certificate, 'failed', 'other-caller'],
    ['a broken signature', { signature: 'broken' }, certificate, 'failed', 'bad-signature'],
  ])('%s: not believed', async (_, token, known, result, problem) => {
    const ssi = await sign(token);
    for (const fields of [{ ssi }, { ssi: 'x', id2: ssi }]) {
      const { attestation, signer, signerCode, ...found } = read(fields, known);
      expect(found).toMatchObject({ result, problem });
      expect([attestation, signer, signerCode]).toEqual([null, null, undefined]);
    }
  });

  it('without authorities is named, and nothing of it is asked for', async () => {
    const asked: string[] = [];
    const find = (address: string) => {
      asked.push(address);
      return certificate;
    };
    const found = read({ ssi: await sign(), id2: await sign() }, null, { hasAuthorities: false, find });
    expect(found).toMatchObject({ result: 'none', problem: 'not-verified' });
    expect(asked).toEqual([]);
  });

  it('of several that hold, the least trusting counts', async () => {
    expect(read({ ssi: await sign(), id2: await sign({ attest: 'C' }) }).attestation).toBe('C');
  });
});

describe('a forwarded call', () => {
  const div = (from: string, to = '13175550100', token: Partial<SignedToken> = {}) =>
    sign({ ppt: 'div', dialed: to, claims: { div: { tn: from } }, ...token });

  it('is one signed for us, by each number that forwarded it, in any order', async () => {
    const shaken = await sign({ dialed: '12025550111' });
    const [first, last] = [await div('12025550111', forwarder), await div(forwarder)];
    for (const [ssi, id2, id3] of [
      [shaken, first, last],
      [last, shaken, first],
      [last, first, shaken],
    ])
      expect(read({ ssi: ssi ?? '', id2: id2 ?? '', id3: id3 ?? '' })).toMatchObject({
        result: 'passed',
        signedFor: 'forwarded',
      });
    expect(read({ ssi: shaken, id2: last })).toMatchObject({ result: 'none', signedFor: 'other' });
  });

  it.each<[string, Partial<SignedToken>]>([
    ['broken', { signature: 'broken' }],
    ['of another caller', { number: '12125550199' }],
    ['old', { age: 3600 }],
  ])('by a div that is %s is not', async (_, token) => {
    const fields = { ssi: await sign({ dialed: forwarder }), id2: await div(forwarder, undefined, token) };
    expect(read(fields)).toMatchObject({ result: 'none', problem: 'other-called-number' });
  });

  it('to another number of ours, such as a toll-free one, needs none', async () => {
    expect(read({ ssi: await sign({ dialed: '18005550199' }) })).toMatchObject({
      result: 'passed',
      signedFor: 'called-number',
    });
  });
});

describe('what Asterisk verified', () => {
  it('has a name and a code only from a certificate with the same key', async () => {
    const ssi = await sign();
    const passed = { ssr: 'success', ssa: 'A', ssi };
    expect(read(passed)).toMatchObject({ source: 'asterisk', signerCode: '709J', signerName: 'Carrier' });
    const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey;
    for (const known of [null, 'rejected', { ...certificate, key: other }] as const)
      expect(read(passed, known)).toMatchObject({ result: 'passed', attestation: 'A' });
    expect(read(passed, { ...certificate, key: other }).signerCode).toBeUndefined();
  });

  it('was not signed for this call: nothing is known of its caller', async () => {
    const found = read({ ssr: 'success', ssa: 'A', ssi: await sign({ dialed: forwarder }) });
    expect(found).toMatchObject({
      ...{ result: 'none', attestation: null, signedFor: 'other', problem: 'other-called-number' },
    });
  });

  it('as too old is not verified again with more patience', async () => {
    expect(read({ ssr: 'iat_range_error', ssi: await sign({ age: 30 }) })).toMatchObject({
      ...{ result: 'none', problem: 'expired' },
    });
  });

  it('not at all, for want of a certificate: Gatehouse does, if it has it', async () => {
    const fields = { ssr: 'cert_retrieval_failure', ssi: await sign() };
    expect(read(fields)).toMatchObject({ result: 'passed', source: 'gatehouse' });
    expect(read(fields, null)).toMatchObject({ result: 'none', problem: 'certificate-unknown' });
  });
});

it('the signed name of rich call data counts when its signature holds', async () => {
  const rcd = (nam: string, token: Partial<SignedToken> = {}) =>
    sign({ ppt: 'rcd', claims: { rcd: { nam } }, ...token });
  expect(read({ ssi: await sign(), id2: await rcd('Clinic\u0007 \u202e') }).callerName).toBe('Clinic \u202e');
  expect(read({ ssi: await sign({ claims: { rcd: { nam: 'Clinic' } } }) }).callerName).toBe('Clinic');
  for (const token of [{ signature: 'broken' }, { dialed: forwarder }, { number: '12125550199' }] as const)
    expect(read({ ssi: await sign(), id2: await rcd('Tax office', token) }).callerName).toBeUndefined();
});

it('hostile headers never throw, and are bounded', () => {
  const json = fc.json().map((text) => Buffer.from(text).toString('base64url'));
  const token = fc.tuple(json, json, fc.base64String()).map((parts) => parts.join('.'));
  const header = fc.oneof(token, fc.string({ maxLength: 2000 }), fc.constant(`${'.'.repeat(9000)};`));
  fc.assert(
    fc.property(header, header, header, fc.string(), (ssi, id2, id3, ssr) => {
      const found = read({ ssi, id2, id3, ssr });
      expect(found.result).not.toBe('passed');
      expect(JSON.stringify(found).length).toBeLessThan(4000);
    }),
  );
});
