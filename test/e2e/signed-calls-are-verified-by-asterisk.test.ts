import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPKCS8, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../../lab/lab.ts';
import { outcomesOf } from './outcomes.ts';
import { RawCaller } from './raw-caller.ts';

const dialed = '13175550100';
const signed = '12125550123';

/** SEQUENCE { [0] IA5String "709J" }: a TNAuthList with a service provider code (RFC 8226, section 9). */
const tnAuthList = '1.3.6.1.5.5.7.1.26=DER:30:08:a0:06:16:04:37:30:39:4a';

/** An authority that Asterisk trusts, and a certificate of a carrier below it. */
async function certificates(dir: string): Promise<{ authority: string; carrier: string; key: string }> {
  const path = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const newKey = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
  for (const name of ['authority', 'carrier'])
    await writeFile(path(`${name}.key`), newKey().export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(
    path('carrier.ext'),
    `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n${tnAuthList}\n`,
  );
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    'authority.key',
    '-subj',
    '/CN=Lab',
    '-days',
    '2',
    '-out',
    'authority.pem',
  );
  openssl(
    'req',
    '-new',
    '-key',
    'carrier.key',
    '-subj',
    '/C=US/O=Carrier/CN=SHAKEN 709J',
    '-out',
    'carrier.csr',
  );
  openssl(
    ...[
      'x509',
      '-req',
      '-in',
      'carrier.csr',
      '-CA',
      'authority.pem',
      '-CAkey',
      'authority.key',
      '-CAcreateserial',
    ],
    ...['-days', '2', '-extfile', 'carrier.ext', '-out', 'carrier.pem'],
  );
  const read = (name: string) => readFile(path(name), 'utf8');
  return {
    authority: await read('authority.pem'),
    carrier: await read('carrier.pem'),
    key: await read('carrier.key'),
  };
}

interface SignedCall {
  /** User part of From. */
  readonly from?: string;
  /** `orig.tn` of the PASSporT. */
  readonly number?: string;
  readonly attest?: string;
  readonly ppt?: string;
  /** Seconds since it was signed. */
  readonly age?: number;
  readonly signature?: 'broken';
  /** Kind of the second Identity header, as the record has it. */
  readonly second?: string;
  /** Another Identity header before and behind. */
  readonly before?: SignedCall;
  readonly behind?: SignedCall;
  readonly want: { readonly result: string; readonly attestation: string | null };
}

const passed = (attestation: string) => ({ result: 'passed', attestation });
const failed = { result: 'failed', attestation: null };
const none = { result: 'none', attestation: null };

const calls: Readonly<Record<string, SignedCall>> = {
  'A for this caller': { want: passed('A') },
  'B for this caller': { attest: 'B', want: passed('B') },
  'C for this caller': { attest: 'C', want: passed('C') },
  'the caller without country code': { from: '2125550123', want: passed('A') },
  'the caller without plus': { from: signed, want: passed('A') },
  'the number signed without country code': { number: '2125550123', want: passed('A') },
  'A for somebody else': { number: '12125550199', want: failed },
  'a signature that does not fit': { signature: 'broken', want: failed },
  'an attestation that nobody defined': { attest: 'D', want: failed },
  'signed an hour ago, or by a clock that is wrong': { age: 3600, want: none },
  'a token of another kind': { ppt: 'div', want: none },
  'a token of another kind behind it': {
    behind: { ppt: 'rph', want: none },
    second: 'rph',
    want: passed('A'),
  },
  // Asterisk verifies the first one only: nothing is known then, and that is no failure.
  'a token of another kind before it': {
    before: { ppt: 'div', want: none },
    second: 'shaken',
    want: none,
  },
  'the same token twice': { behind: { want: passed('A') }, second: 'shaken', want: passed('A') },
  'tokens of other kinds before and behind': {
    before: { ppt: 'rcd', want: none },
    behind: { ppt: 'div', want: none },
    second: 'shaken',
    want: none,
  },
  'a token that does not fit behind one that does': {
    behind: { signature: 'broken', want: failed },
    second: 'shaken',
    want: passed('A'),
  },
};

describe('signed calls, verified by a real Asterisk', () => {
  let lab: Lab;
  let server: Server;
  let caller: RawCaller;
  let dir: string;
  let key: Awaited<ReturnType<typeof importPKCS8>>;
  let x5u: string;
  const found = new Map<string, unknown>();

  /** RFC 8224, RFC 8225, RFC 8588. */
  async function identity({ number = signed, attest = 'A', ppt = 'shaken', age = 0, signature }: SignedCall) {
    const iat = Math.floor(Date.now() / 1000) - age;
    const claims = { attest, dest: { tn: [dialed] }, iat, orig: { tn: number }, origid: randomUUID() };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', ppt, typ: 'passport', x5u })
      .sign(key);
    const whole = signature === 'broken' ? `${token.slice(0, -8)}AAAAAAAA` : token;
    return `Identity: ${whole};info=<${x5u}>;alg=ES256;ppt=${ppt}`;
  }

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gatehouse-shaken-'));
    const made = await certificates(dir);
    key = await importPKCS8(made.key, 'ES256');
    server = createServer(
      (_, reply) => void reply.setHeader('Content-Type', 'application/x-pem-file').end(made.carrier),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    x5u = `http://127.0.0.1:${(server.address() as AddressInfo).port}/carrier.pem`;
    lab = await Lab.up({
      editAsterisk: async (etc) => {
        await writeFile(join(etc, 'authority.pem'), made.authority);
        await mkdir(join(etc, 'certificates'));
        await writeFile(
          join(etc, 'stir_shaken.conf'),
          `[verification]
ca_file = ${join(etc, 'authority.pem')}
cert_cache_dir = ${join(etc, 'certificates')}
failure_action = continue
relax_x5u_port_scheme_restrictions = yes
relax_x5u_path_restrictions = yes
x5u_permit = 127.0.0.0/8
[carriers]
type = profile
endpoint_behavior = verify
failure_action = continue
`,
        );
        await appendFile(join(etc, 'pjsip.conf'), '[carrier](+)\nstir_shaken_profile = carriers\n');
      },
    });
    caller = await RawCaller.open(lab.sip, '127.0.0.1');
    const rung = Object.entries(calls).map(async ([what, call]) => {
      const tokens = [call.before, call, call.behind].filter((one) => one !== undefined);
      const headers = [`Date: ${new Date().toUTCString()}`, ...(await Promise.all(tokens.map(identity)))];
      const from = `<sip:${call.from ?? `+${signed}`}@carrier.example>`;
      return [what, (await caller.ring({ to: dialed, from, headers })).callId] as const;
    });
    const ids = await Promise.all(rung);
    const outcomes = await outcomesOf(
      lab,
      ids.map(([, id]) => id),
      60_000,
    );
    for (const [what, id] of ids) found.set(what, outcomes.get(id)?.[0]?.facts.verification);
  }, 180_000);

  afterAll(async () => {
    caller?.close();
    server?.close();
    await lab?.down();
    await rm(dir, { recursive: true, force: true });
  });

  it.each(Object.entries(calls))('%s', (what, { want, second }) => {
    const source = want.result === 'none' ? null : 'asterisk';
    expect(found.get(what)).toMatchObject({ ...want, source });
    expect((found.get(what) as { secondIdentity?: string }).secondIdentity).toBe(second);
    if (want.result === 'passed') expect(found.get(what)).toMatchObject({ signer: x5u });
  });
});
