import { afterEach, expect, test } from 'vitest';
import type { Verification } from '../../../src/call/facts.ts';
import { maskedNumbers } from '../../../src/report/web/page-numbers.ts';
import { callText } from '../../../src/terminal/call-text.ts';
import { sampleFacts } from '../../fakes/sample-outcome.ts';
import { type PageFixture, pageFixture, record } from './page-fixture.ts';

let fixture: PageFixture;
afterEach(() => fixture.app.close());

const origid = '5e0e9a3c-2f7b-4b58-9a6f-6b1d8f1f2a10';
const x5u = 'https://cert.example/a.pem';
const { now } = sampleFacts('n1/signed');
const signed: Verification = {
  result: 'passed',
  attestation: 'C',
  source: 'gatehouse',
  ...{
    signer: x5u,
    origid,
    signerName: 'Gateway <b>Telco',
    signerCode: '709J',
    callerName: 'Example Clinic',
  },
  signedFor: 'forwarded',
  identities: [
    { kind: 'div', state: 'verified' },
    { kind: 'shaken', state: 'verified' },
    { kind: 'rph', state: 'not-verified' },
  ],
  passport: { attest: 'C', origid, orig: '13175550163', dest: ['13175550188'], iat: now - 2000, x5u },
  disagreement: { here: 'passed-C', carrier: 'passed-A' },
};

test('what was signed, by whom, for whom, and what the carrier says otherwise; numbers masked', async () => {
  const facts = sampleFacts('n1/signed', { verification: signed });
  fixture = pageFixture([record('signed', { facts })]);
  const { body } = await fixture.get('/calls/n1/signed');
  const page = body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  const terminal = callText(record('signed', { facts }), maskedNumbers).replace(/\s+/g, ' ');
  for (const said of [
    'passed, attestation C; verified by Gatehouse',
    'div: valid; shaken: valid; rph: not verified: nothing here verifies this kind',
    'here passed-C, by the carrier passed-A',
    '709J',
    origid,
    'another number, which forwarded it here (div)',
    'Example Clinic',
    '2 s before the call',
  ]) {
    expect(page).toContain(said);
    expect(terminal).toContain(said);
  }
  expect(body).toContain('Gateway &lt;b&gt;Telco');
  expect(terminal).not.toMatch(/3175550163|3175550188/);
});

test('a signature that does not count says why; an older record has a second one named', async () => {
  const none = { result: 'none', attestation: null, signer: null, origid: null, source: null } as const;
  const late: Verification = {
    ...none,
    problem: 'expired',
    identities: [{ kind: 'shaken', state: 'expired' }],
  };
  const old: Verification = { ...none, secondIdentity: 'div' };
  fixture = pageFixture([
    record('late', { facts: sampleFacts('n1/late', { verification: late }) }),
    record('old', { facts: sampleFacts('n1/old', { verification: old }) }),
  ]);
  const text = async (id: string) =>
    (await fixture.get(`/calls/n1/${id}`)).body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  expect(await text('late')).toMatch(/none that counts .*signed too long ago, or by a wrong clock/);
  expect(await text('old')).toMatch(/unsigned .*second one, div: not verified/);
});
