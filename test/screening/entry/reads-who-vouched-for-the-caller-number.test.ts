import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statements, type Trunk, unnamedTrunk } from '../../../src/call/trunk.ts';
import { type EntryFields, parseEntryArgs } from '../../../src/screening/entry/entry-args.ts';
import { verificationFromEntry } from '../../../src/screening/entry/read-verification.ts';

const none = { result: 'none', attestation: null, signer: null, origid: null, source: null };

const believing: Trunk = { ...unnamedTrunk('US'), believes: new Set(statements) };

function verified(fields: Partial<EntryFields>, trunk: Trunk = believing, caller: string | null = null) {
  return verificationFromEntry({ ...parseEntryArgs([]), ...fields }, trunk, { caller, called: null, now: 0 });
}

function identity(header: object, payload: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.c2ln;info=<https://cert.example/a.pem>;alg=ES256;ppt=shaken`;
}

describe('verification by our Asterisk', () => {
  it('passes a call whose signature holds, with what was signed', () => {
    const ssi = identity(
      { alg: 'ES256', ppt: 'shaken', x5u: 'https://cert.example/a.pem' },
      { attest: 'A', origid: '5c8d0c80-2b3a-4f7e-9a55-3a3f2d7a1b11' },
    );
    expect(verified({ ssr: 'success', ssa: 'A', ssi })).toMatchObject({
      result: 'passed',
      attestation: 'A',
      signer: 'https://cert.example/a.pem',
      origid: '5c8d0c80-2b3a-4f7e-9a55-3a3f2d7a1b11',
      source: 'asterisk',
    });
  });

  it.each(['signature_validation', 'cid_orig_tn_mismatch', 'cert_date_failure', 'invalid_grant'])(
    'fails on %s, and believes none of the claims',
    (ssr) => {
      const ssi = identity({ x5u: 'https://forger.example/x.pem' }, { attest: 'A', origid: 'x' });
      expect(verified({ ssr, ssa: 'A', ssi })).toMatchObject({
        ...none,
        result: 'failed',
        source: 'asterisk',
      });
    },
  );

  it.each([
    '',
    'missing_identity_hdr',
    'disabled',
    'internal_error',
    'cert_retrieval_failure',
    'cert_not_trusted',
    'iat_range_error',
    'cert_cache_invalid',
    'date_hdr_range_error',
    'invalid_or_no_ppt',
    'a_result_of_a_later_asterisk',
  ])('knows nothing on "%s"', (ssr) => {
    expect(verified({ ssr, ssa: 'A' })).toMatchObject(none);
  });

  it.each<[string, string]>([
    [identity({ alg: 'ES256', ppt: 'div' }, {}), 'div'],
    [identity({ ppt: 'RCD' }, {}).slice(0, 60), 'rcd'],
    ['eyJhbGciOi…;alg=ES256;ppt="rph"', 'rph'],
    ['..c2ln;info=<https://x.example/a.pem>;ppt=shaken', 'shaken'],
    [identity({ ppt: '<script>' }, {}).split(';')[0] ?? '', 'other'],
    ['nothing of the kind', 'other'],
  ])(
    'a second Identity header is named by its kind, and nothing else is believed of it (%#)',
    (id2, kind) => {
      const read = verified({ id2 });
      expect(read).toMatchObject(none);
      expect(read.identities?.map((one) => one.kind)).toContain(kind);
      expect(read.identities?.every(({ state }) => state !== 'verified')).toBe(true);
    },
  );

  it.each<[string, string]>([
    ['"x" ;verstat="TN-Validation-Passed-A" <sip:+13175550123@h.example>', 'none'],
    ['"a=\\"TN-Validation-Passed-A\\"" <sip:+13175550123@h.example>', 'none'],
    ['"a="TN-Validation-Passed-A";verstat=" <sip:+13175550123@h.example>', 'none'],
    ['<sip:+13175550123@h.example>;verstat="TN-Validation-Failed"', 'failed'],
    ['<sip:+13175550123@h.example;verstat="TN-Validation-Passed-A">', 'passed'],
  ])('quotes around a value: %s', (from, result) => {
    expect(verified({ from, pres: 'allowed', hok: '1' }, believing, '+13175550123').result).toBe(result);
  });

  it('outranks what the carrier says', () => {
    const pai = '<sip:+13175550123;verstat=TN-Validation-Passed-A@carrier.example>';
    expect(verified({ ssr: 'signature_validation', pai, patt: 'A' }).result).toBe('failed');
    expect(verified({ ssr: 'missing_identity_hdr', pai })).toMatchObject({
      result: 'passed',
      source: 'verstat',
    });
  });

  it.each(['not-a-token', 'e30', '....', '%%%.%%%', `${'A'.repeat(20_000)}.x`])(
    'reads nothing from the broken Identity %.20s and still passes the call',
    (ssi) => {
      expect(verified({ ssr: 'success', ssa: 'B', ssi })).toMatchObject({
        result: 'passed',
        attestation: 'B',
        signer: null,
        origid: null,
      });
    },
  );
});

describe('verification by the carrier: verstat', () => {
  it.each([
    ['<sip:+13175550123;verstat=TN-Validation-Passed-A@carrier.example;user=phone>', 'passed', 'A'],
    ['"Acme" <sip:+13175550123@carrier.example;user=phone;verstat=tn-validation-passed-b>', 'passed', 'B'],
    ['<tel:+13175550123;verstat=TN-Validation-Passed-C>', 'passed', 'C'],
    ['tel:+13175550123;verstat=TN-Validation-Passed', 'passed', null],
    ['sip:+13175550123;VERSTAT=TN-VALIDATION-FAILED@carrier.example', 'failed', null],
    ['<sip:+13175550123;verstat=No-TN-Validation@carrier.example>', 'none', null],
  ])('reads %s', (pai, result, attestation) => {
    expect(verified({ pai })).toMatchObject({ result, attestation, source: 'verstat' });
    expect(verified({ from: `${pai};tag=1` })).toMatchObject({ result });
  });

  it.each([
    '";verstat=TN-Validation-Passed-A" <sip:+13175550123@host>',
    '"a\\";verstat=TN-Validation-Passed-A;\\"" <sip:+13175550123@host>',
    '"<sip:x;verstat=TN-Validation-Passed-A>" <sip:+13175550123@host>',
    '"<sip:x;verstat=TN-Validation-Passed-A> <sip:+13175550123@host>',
    '<sip:x;verstat=TN-Validation-Passed-A> \\"b" <sip:+13175550123@host>',
    '" <sip:x;verstat=TN-Validation-Passed-A> \\"b" <sip:+13175550123@host>',
    ';verstat=TN-Validation-Passed-A <sip:+13175550123@host>',
    '<sip:+13175550123@host?X=;verstat=TN-Validation-Passed-A>',
    '<sip:+13175550123;verstat=TN-Validation-Passed-AA@host>',
    '<sip:+13175550123;verstat=trust-me@host>',
  ])('is not fooled by %s', (header) => {
    expect(verified({ from: header, pai: header })).toEqual(none);
  });

  it('takes the least trusting of several P-Asserted-Identity headers, and those before From', () => {
    const passed = '<sip:+13175550123;verstat=TN-Validation-Passed-A@host>';
    expect(verified({ pai: passed, pai2: '<tel:+13175550123;verstat=TN-Validation-Failed>' }).result).toBe(
      'failed',
    );
    expect(
      verified({ pai: passed, pai2: '<tel:+13175550123;verstat=TN-Validation-Passed-C>' }).attestation,
    ).toBe('C');
    expect(
      verified({ pai: '<sip:+1;verstat=No-TN-Validation@host>', from: passed, patt: 'A' }),
    ).toMatchObject({
      result: 'none',
      attestation: null,
    });
  });

  it('completes a bare pass with the attestation headers', () => {
    const pai = '<sip:+13175550123;verstat=TN-Validation-Passed@host>';
    expect(verified({ pai, att: 'b', orig: ' 1f-2e ' })).toEqual({
      ...none,
      result: 'passed',
      attestation: 'B',
      origid: '1f-2e',
      source: 'verstat',
    });
  });
});

describe('verification by the carrier: attestation headers', () => {
  it.each(['patt', 'att', 'xatt'] as const)('reads %s', (header) => {
    expect(verified({ [header]: 'C', orig: 'abc' })).toEqual({
      ...none,
      result: 'passed',
      attestation: 'C',
      origid: 'abc',
      source: 'header',
    });
  });

  it('reads nothing from an unknown letter or an origination id alone', () => {
    expect(verified({ patt: 'AAA' })).toEqual(none);
    expect(verified({ orig: 'abc' })).toEqual(none);
  });
});

it('never throws and never grows, whatever the headers hold', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constant('<sip:+1;verstat='));
  const fields = fc.record({
    ssr: text,
    ssa: text,
    ssi: text,
    from: text,
    pai: text,
    patt: text,
    orig: text,
  });
  fc.assert(
    fc.property(fields, (hostile) => {
      const result = verified({ ...hostile, ssr: 'success' });
      expect((result.origid ?? '').length).toBeLessThanOrEqual(80);
      expect(['passed', 'failed', 'none']).toContain(verified(hostile).result);
    }),
  );
});
