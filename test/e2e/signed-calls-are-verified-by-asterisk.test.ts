import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { Lab, shippedRules } from '../../lab/lab.ts';
import type { Verification } from '../../src/call/facts.ts';
import {
  type SignedToken,
  signedIdentity,
  type TestAuthority,
  testAuthority,
} from '../fakes/signing-authority.ts';
import { outcomeOf, outcomesOf } from './outcomes.ts';
import { RawCaller } from './raw-caller.ts';

const dialed = '13175550100';
const signed = '12125550123';
/** Forwards its calls to us. */
const forwarder = '13125550177';

type Token = Partial<SignedToken>;

interface SignedCall {
  /** User part of From. */
  readonly from?: string;
  readonly tokens: readonly Token[];
  /** Other headers. */
  readonly headers?: readonly string[];
  readonly want: Partial<Verification>;
  /** Of the Identity headers, in their order. */
  readonly states?: readonly string[];
}

const passed = (attestation: 'A' | 'B' | 'C', source: 'asterisk' | 'gatehouse' = 'asterisk') =>
  ({ result: 'passed', attestation, source, signerCode: '709J', signerName: 'Carrier' }) as const;
const failed = (problem: Verification['problem']) =>
  ({ result: 'failed', attestation: null, problem, source: 'asterisk' }) as Partial<Verification>;
const none = (problem?: Verification['problem']) =>
  ({ result: 'none', attestation: null, source: null, ...(problem && { problem }) }) as Partial<Verification>;

const shaken: Token = {};
const div: Token = { ppt: 'div', claims: { div: { tn: forwarder } } };
const rcd: Token = { ppt: 'rcd', claims: { rcd: { nam: 'Example Clinic' } } };
const toForwarder: Token = { dialed: forwarder };

/** On a trunk where Asterisk verifies. */
const calls: Readonly<Record<string, SignedCall>> = {
  unsigned: { tokens: [], want: none() },
  'A for this caller': {
    tokens: [shaken],
    want: { ...passed('A'), signedFor: 'called-number' },
    states: ['shaken verified'],
  },
  'B for this caller': { tokens: [{ attest: 'B' }], want: passed('B') },
  'C for this caller': { tokens: [{ attest: 'C' }], want: passed('C') },
  'the caller without country code': { from: '2125550123', tokens: [shaken], want: passed('A') },
  'the caller without plus': { from: signed, tokens: [shaken], want: passed('A') },
  'the number signed without country code': { tokens: [{ number: '2125550123' }], want: passed('A') },
  'A for somebody else': { tokens: [{ number: '12125550199' }], want: failed('other-caller') },
  'a signature that does not fit': { tokens: [{ signature: 'broken' }], want: failed('bad-signature') },
  'an attestation that nobody defined': { tokens: [{ attest: 'D' }], want: failed('unreadable') },
  'signed an hour ago, or by a clock that is wrong': { tokens: [{ age: 3600 }], want: none('expired') },
  'signed for a call to another number': {
    tokens: [{ dialed: '12025550111' }],
    want: { ...none('other-called-number'), signedFor: 'other' },
    states: ['shaken other-called-number'],
  },
  'signed for another number of ours': {
    tokens: [{ dialed: '13175550101' }],
    want: { ...passed('A'), signedFor: 'called-number' },
  },
  'a forwarded call, shaken first': {
    tokens: [toForwarder, div],
    want: { ...passed('A'), signedFor: 'forwarded' },
    states: ['shaken verified', 'div verified'],
  },
  'a forwarded call, div first': {
    tokens: [div, toForwarder],
    want: { ...passed('A', 'gatehouse'), signedFor: 'forwarded' },
    states: ['div verified', 'shaken verified'],
  },
  'forwarded from a number that it was not signed for': {
    tokens: [{ dialed: '12025550111' }, div],
    want: { ...none('other-called-number'), signedFor: 'other' },
  },
  'div alone': { tokens: [div], want: none(), states: ['div verified'] },
  'rich call data behind it': {
    tokens: [shaken, rcd],
    want: { ...passed('A'), callerName: 'Example Clinic' },
    states: ['shaken verified', 'rcd verified'],
  },
  'rich call data and a diversion before it': {
    tokens: [rcd, div, toForwarder],
    want: { ...passed('A', 'gatehouse'), callerName: 'Example Clinic', signedFor: 'forwarded' },
    states: ['rcd verified', 'div verified', 'shaken verified'],
  },
  'a token that nobody verifies before it': {
    tokens: [{ ppt: 'rph' }, { attest: 'B' }],
    want: passed('B', 'gatehouse'),
    states: ['rph not-verified', 'shaken verified'],
  },
  'a token that does not fit behind one that does': {
    tokens: [shaken, { signature: 'broken' }],
    want: passed('A'),
    states: ['shaken verified', 'shaken bad-signature'],
  },
  'a token that does not fit before one that does': {
    tokens: [{ signature: 'broken' }, shaken],
    want: passed('A', 'gatehouse'),
    states: ['shaken bad-signature', 'shaken verified'],
  },
  'a tampered one behind a diversion': {
    tokens: [div, { ...toForwarder, signature: 'broken' }],
    want: { ...failed('bad-signature'), source: 'gatehouse' },
  },
  'an old one behind a diversion': { tokens: [div, { ...toForwarder, age: 3600 }], want: none('expired') },
  'Asterisk and the carrier disagree': {
    tokens: [{ attest: 'C' }],
    headers: ['P-Attestation-Indicator: A'],
    want: { ...passed('C'), disagreement: { here: 'passed-C', carrier: 'passed-A' } },
  },
  'the carrier passes what Asterisk refuses': {
    tokens: [{ signature: 'broken' }],
    headers: ['P-Attestation-Indicator: B'],
    want: { ...failed('bad-signature'), disagreement: { here: 'failed', carrier: 'passed-B' } },
  },
};

/** On a trunk without a profile, where Asterisk verifies nothing. */
const unverifiedCalls: Readonly<Record<string, SignedCall>> = {
  'A for this caller': { tokens: [shaken], want: passed('A', 'gatehouse') },
  'A for somebody else': {
    tokens: [{ number: '12125550199' }],
    want: { ...failed('other-caller'), source: 'gatehouse' },
  },
  'a signature that does not fit': {
    tokens: [{ signature: 'broken' }],
    want: { ...failed('bad-signature'), source: 'gatehouse' },
  },
  'signed an hour ago': { tokens: [{ age: 3600 }], want: none('expired') },
};

describe('signed calls on a real Asterisk', () => {
  let lab: Lab;
  let server: Server;
  let silent: Server;
  let carrier: RawCaller;
  let plain: RawCaller;
  let dir: string;
  let made: TestAuthority;
  let x5u: string;
  let hanging: string;
  const found = new Map<string, Verification | undefined>();

  async function ring(caller: RawCaller, { from, tokens, headers = [] }: Omit<SignedCall, 'want'>) {
    const identities = await Promise.all(
      tokens.map((token) => signedIdentity({ key: made.signer.key, x5u, number: signed, dialed, ...token })),
    );
    const begun = performance.now();
    const { callId } = await caller.ring({
      to: dialed,
      from: `<sip:${from ?? `+${signed}`}@carrier.example>`,
      headers: [
        `Date: ${new Date().toUTCString()}`,
        ...identities.map((one) => `Identity: ${one}`),
        ...headers,
      ],
    });
    return { callId, ms: performance.now() - begun };
  }

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gatehouse-shaken-'));
    made = await testAuthority(dir);
    server = createServer(
      (_, reply) => void reply.setHeader('Content-Type', 'application/x-pem-file').end(made.direct),
    );
    silent = createServer(() => undefined);
    const addressOf = async (of: Server) => {
      await new Promise<void>((resolve) => of.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(of.address() as AddressInfo).port}`;
    };
    x5u = `${await addressOf(server)}/carrier.pem`;
    hanging = await addressOf(silent);
    const rules = join(dir, 'rules');
    await cp(shippedRules, rules, { recursive: true });
    const policy = join(rules, 'policy.yaml');
    const believed = 'trunks:\n  carrier: { believe: [asterisk, p-attestation-indicator] }\n\nlists:';
    await writeFile(policy, (await readFile(policy, 'utf8')).replace(/^lists:$/m, believed));
    lab = await Lab.up({
      rules,
      env: { GATEHOUSE_STI_AUTHORITIES: join(dir, 'authority.pem'), GATEHOUSE_CERTIFICATES: 'any' },
      editAsterisk: async (etc) => {
        await writeFile(join(etc, 'authority.pem'), made.authority);
        await mkdir(join(etc, 'certificates'));
        await writeFile(
          join(etc, 'stir_shaken.conf'),
          `[verification]
ca_file = ${join(etc, 'authority.pem')}
cert_cache_dir = ${join(etc, 'certificates')}
failure_action = continue
curl_timeout = 1
relax_x5u_port_scheme_restrictions = yes
relax_x5u_path_restrictions = yes
x5u_permit = 127.0.0.0/8
[carriers]
type = profile
endpoint_behavior = verify
failure_action = continue
`,
        );
        await appendFile(
          join(etc, 'pjsip.conf'),
          `[carrier](+)
stir_shaken_profile = carriers
[plain]
type = endpoint
context = gatehouse-in
disallow = all
allow = ulaw
[plain]
type = identify
endpoint = plain
match = 127.0.0.2
`,
        );
      },
    });
    carrier = await RawCaller.open(lab.sip, '127.0.0.1');
    plain = await RawCaller.open(lab.sip, '127.0.0.2');
    // The first call has Gatehouse fetch the certificate; a later one finds it.
    await until('the certificate to be known', 20_000, async () => {
      const { callId } = await ring(carrier, { tokens: [shaken] });
      return (await outcomeOf(lab, callId)).facts.verification.signerCode === '709J' || null;
    });
    const ringAll = (caller: RawCaller, trunk: string, all: typeof calls) =>
      Object.entries(all).map(
        async ([what, call]) => [`${trunk}: ${what}`, (await ring(caller, call)).callId] as const,
      );
    const rung = await Promise.all([
      ...ringAll(carrier, 'carrier', calls),
      ...ringAll(plain, 'plain', unverifiedCalls),
    ]);
    const outcomes = await outcomesOf(
      lab,
      rung.map(([, id]) => id),
      60_000,
    );
    for (const [what, id] of rung) found.set(what, outcomes.get(id)?.[0]?.facts.verification);
  }, 180_000);

  afterAll(async () => {
    carrier?.close();
    plain?.close();
    server?.close();
    silent?.closeAllConnections();
    silent?.close();
    await lab?.down();
    await rm(dir, { recursive: true, force: true });
  });

  const cases = [
    ...Object.entries(calls).map(([what, call]) => [`carrier: ${what}`, call] as const),
    ...Object.entries(unverifiedCalls).map(([what, call]) => [`plain: ${what}`, call] as const),
  ];
  it.each(cases)('%s', (what, { want, states }) => {
    const verification = found.get(what);
    expect(verification).toMatchObject(want);
    if (want.result === 'passed') expect(verification?.signer).toBe(x5u);
    if (states !== undefined)
      expect(verification?.identities?.map(({ kind, state }) => `${kind} ${state}`)).toEqual(states);
  });

  it('a certificate server that does not answer delays no call that Gatehouse verifies', async () => {
    const ringOf = (path: string | null) =>
      ring(plain, { tokens: [path === null ? shaken : { x5u: `${hanging}/${path}.pem` }] });
    const usual = await Promise.all(Array.from({ length: 40 }, () => ringOf(null)));
    const mixed = await Promise.all(
      Array.from({ length: 40 }, (_, i) => ringOf(i % 4 === 0 ? null : `${i}`)),
    );
    const slowest = (all: typeof usual) => Math.max(...all.map(({ ms }) => ms));
    expect(slowest(mixed)).toBeLessThan(slowest(usual) + 2500);
    expect((await outcomeOf(lab, mixed[1]?.callId ?? '')).facts.verification).toMatchObject(
      none('certificate-unknown'),
    );
  });

  it('Asterisk itself holds a call until curl_timeout, and then lets it go on', async () => {
    const { ms, callId } = await ring(carrier, { tokens: [{ x5u: `${hanging}/one.pem` }] });
    expect(ms).toBeGreaterThan(900);
    expect(ms).toBeLessThan(4000);
    expect((await outcomeOf(lab, callId)).facts.verification).toMatchObject(none('certificate-unknown'));
  });
});
