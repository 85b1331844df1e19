import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importPKCS8, SignJWT } from 'jose';

/** SEQUENCE { [0] IA5String "709J" }: a TNAuthList with a service provider code (RFC 8226, section 9). */
const tnAuthList = '1.3.6.1.5.5.7.1.26=DER:30:08:a0:06:16:04:37:30:39:4a';
const signsCalls = 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n';
const mayIssue = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n';

export interface TestSigner {
  /** PEM: the carrier's own certificate, and the one between it and the authority. */
  readonly chain: string;
  readonly carrier: string;
  readonly between: string;
  readonly key: string;
}

export interface TestAuthority {
  readonly authority: string;
  /** Carrier 709J below the authority, by an intermediate one and directly. */
  readonly signer: TestSigner;
  readonly direct: string;
  /** The same key without a TNAuthList, and below an authority that nobody trusts. */
  readonly withoutCode: string;
  readonly stranger: string;
}

/** An authority of our own and certificates of carriers below it, made with openssl in this directory. */
export async function testAuthority(dir: string): Promise<TestAuthority> {
  const path = (name: string) => join(dir, name);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const read = (name: string) => readFile(path(name), 'utf8');
  for (const name of ['authority', 'other', 'between', 'carrier']) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    await writeFile(path(`${name}.key`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  for (const name of ['authority', 'other'])
    openssl(
      ...['req', '-x509', '-new', '-key', `${name}.key`, '-subj', `/CN=Lab ${name}`],
      ...['-days', '2', '-out', `${name}.pem`],
    );
  const issue = async (name: string, key: string, by: string, subject: string, extensions: string) => {
    await writeFile(path(`${name}.ext`), extensions);
    openssl('req', '-new', '-key', `${key}.key`, '-subj', subject, '-out', `${name}.csr`);
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', `${by}.pem`, '-CAkey', `${by}.key`],
      ...['-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`, '-out', `${name}.pem`],
    );
    return read(`${name}.pem`);
  };
  const subject = '/C=US/O=Carrier/CN=SHAKEN 709J';
  const between = await issue('between', 'between', 'authority', '/CN=Lab between', mayIssue);
  const carrier = await issue('carrier', 'carrier', 'between', subject, `${signsCalls}${tnAuthList}\n`);
  return {
    authority: await read('authority.pem'),
    signer: { chain: carrier + between, carrier, between, key: await read('carrier.key') },
    direct: await issue('direct', 'carrier', 'authority', subject, `${signsCalls}${tnAuthList}\n`),
    withoutCode: await issue('codeless', 'carrier', 'authority', subject, signsCalls),
    stranger: await issue('stranger', 'carrier', 'other', subject, `${signsCalls}${tnAuthList}\n`),
  };
}

export interface SignedToken {
  readonly key: string;
  readonly x5u: string;
  /** `orig.tn` of the PASSporT. */
  readonly number: string;
  readonly dialed: string;
  readonly attest?: string;
  readonly ppt?: string;
  /** Seconds since it was signed. */
  readonly age?: number;
  /** Epoch ms; now. */
  readonly now?: number;
  /** Further claims: `div`, `rcd`. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly signature?: 'broken';
}

/** Value of an Identity header (RFC 8224, RFC 8225, RFC 8588). */
export async function signedIdentity(token: SignedToken): Promise<string> {
  const { x5u, ppt = 'shaken', attest = 'A', age = 0, now = Date.now() } = token;
  const shaken = ppt === 'shaken' ? { attest, origid: randomUUID() } : {};
  const claims = {
    ...{ ...shaken, dest: { tn: [token.dialed] }, iat: Math.floor(now / 1000) - age },
    ...{ orig: { tn: token.number }, ...token.claims },
  };
  const signed = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', ppt, typ: 'passport', x5u })
    .sign(await importPKCS8(token.key, 'ES256'));
  const whole = token.signature === 'broken' ? `${signed.slice(0, -8)}AAAAAAAA` : signed;
  return `${whole};info=<${x5u}>;alg=ES256;ppt=${ppt}`;
}
