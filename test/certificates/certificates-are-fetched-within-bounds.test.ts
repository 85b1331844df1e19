import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { certificatesIn } from '../../src/certificates/authorities.ts';
import { CertificateStore } from '../../src/certificates/certificate-store.ts';
import {
  fetchCertificate,
  isCertificateAddress,
  isPublic,
} from '../../src/certificates/fetch-certificate.ts';
import { silentLog } from '../../src/log/log.ts';
import { systemClock } from '../../src/process/clock.ts';
import { type TestAuthority, testAuthority } from '../fakes/signing-authority.ts';

let dir: string;
let made: TestAuthority;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-authority-'));
  made = await testAuthority(dir);
}, 30_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

it.each([
  ['https://cert.example/a.pem', true],
  ['https://cert.example:8443/a.pem', true],
  ['http://cert.example/a.pem', false],
  ['https://cert.example:6379/a.pem', false],
  ['https://user:pass@cert.example/a.pem', false],
  ['https://cert.example/a.pem?to=you', false],
  ['https://127.0.0.1/a.pem', false],
  ['https://0x7f.1/a.pem', false],
  ['https://[::1]/a.pem', false],
  ['https://[::ffff:10.0.0.1]/a.pem', false],
  ['https://192.168.1.1/a.pem', false],
  ['file:///etc/passwd', false],
  ['nothing', false],
])('%s may be asked for a certificate: %s', (address, allowed) => {
  expect(isCertificateAddress(address, 'public')).toBe(allowed);
});

const publicAddresses = ['8.8.8.8', '2606:4700::1111'];
const others = [
  ...['10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.31.0.1', '192.168.0.1', '0.0.0.0'],
  ...['255.255.255.255', '::', '::1', 'fe80::1', 'fd00::1', '::ffff:8.8.8.8', '64:ff9b::a00:1'],
  ...['2001:db8::1', '2002:a00:1::1', 'no address'],
];
it('only globally reachable addresses are on the public net', () => {
  expect(publicAddresses.filter((one) => !isPublic(one))).toEqual([]);
  expect(others.filter(isPublic)).toEqual([]);
});

describe('from a server', () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = null;
  });
  const serve = async (answer: RequestListener) => {
    const one = createServer(answer);
    server = one;
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    return (one.address() as AddressInfo).port;
  };
  const open = new AbortController().signal;

  it('its text, when it is short and all there', async () => {
    const port = await serve((_, reply) => void reply.end(made.direct));
    expect(await fetchCertificate(`http://127.0.0.1:${port}/a.pem`, 'any', open)).toBe(made.direct);
  });

  it.each<[string, RequestListener]>([
    ['a redirect', (_, reply) => void reply.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['a long answer', (_, reply) => void reply.end(Buffer.alloc(40_000))],
    ['an answer that ends early', (request) => void request.socket.destroy()],
    ['an error', (_, reply) => void reply.writeHead(500).end('no')],
  ])('nothing from %s', async (_, answer) => {
    const port = await serve(answer);
    await expect(fetchCertificate(`http://127.0.0.1:${port}/a.pem`, 'any', open)).rejects.toThrow();
  });

  it('nothing from a public name that leads inside', async () => {
    const port = await serve((_, reply) => void reply.end(made.direct));
    const address = `https://localhost:${port}/a.pem`;
    await expect(fetchCertificate(address, 'public', open)).rejects.toThrow('not allowed');
    await expect(fetchCertificate('https://localhost/a.pem', 'public', open)).rejects.toThrow('inside');
  });
});

describe('the certificates that are known', () => {
  const stores: CertificateStore[] = [];
  afterEach(() => {
    for (const store of stores.splice(0)) store.close();
  });
  function store(fetch: (url: string) => Promise<string>, authorities: string | null = made.authority) {
    // The certificates are made with the time of this machine.
    let now = Date.now() + 3_600_000;
    const clock = { ...systemClock, now: () => now };
    const asked = vi.fn(fetch);
    const one = new CertificateStore({
      ...{ hosts: 'public', clock, log: silentLog, fetch: asked },
      authorities: authorities === null ? null : certificatesIn(authorities),
    });
    stores.push(one);
    const pass = (ms: number) => {
      now += ms;
    };
    return { one, asked, pass };
  }
  const x5u = 'https://cert.example/a.pem';
  const known = (one: CertificateStore, address = x5u) =>
    vi.waitFor(() => expect(one.find(address, false)).not.toBeNull());

  it('are learned for the next call, asked for once, and anew after an hour', async () => {
    const { one, asked, pass } = store(async () => made.direct);
    expect(one.find(x5u, false)).toBeNull();
    await known(one);
    expect(one.find(x5u, false)).toMatchObject({ code: '709J', isTrusted: true });
    expect(asked).toHaveBeenCalledTimes(1);
    pass(3_600_000);
    expect(one.find(x5u, false)).toMatchObject({ code: '709J' });
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
  });

  it('a stranger’s is rejected, and not asked for again for ten minutes', async () => {
    const { one, asked, pass } = store(async () => made.stranger);
    one.find(x5u, false);
    await known(one);
    expect(one.find(x5u, false)).toBe('rejected');
    expect(asked).toHaveBeenCalledTimes(1);
    pass(600_000);
    one.find(x5u, false);
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
  });

  it('servers that hang hold up no look-up, and take two places at most, one a server', async () => {
    const { one, asked } = store(() => new Promise(() => undefined));
    for (let i = 0; i < 1000; i++) expect(one.find(`https://h${i % 100}.example/${i}.pem`, false)).toBeNull();
    await new Promise(setImmediate);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(new Set(asked.mock.calls.map(([url]) => new URL(url).host)).size).toBe(2);
  });

  it('invented addresses push out none that is known', async () => {
    const { one, asked } = store(async (url) => (url === x5u ? made.direct : 'no certificate'));
    one.find(x5u, false);
    await known(one);
    for (let i = 0; i < 3000; i++) {
      one.find(`https://h${i}.example/a.pem`, false);
      if (i % 40 === 0) await new Promise(setImmediate);
    }
    expect(one.find(x5u, false)).toMatchObject({ code: '709J' });
    expect(asked.mock.calls.length).toBeGreaterThan(1000);
  });

  it('without authorities only what Asterisk verified is asked for', async () => {
    const { one, asked } = store(async () => made.direct, null);
    expect(one.find(x5u, false)).toBeNull();
    await new Promise(setImmediate);
    expect(asked).not.toHaveBeenCalled();
    one.find(x5u, true);
    await vi.waitFor(() => expect(one.find(x5u, true)).toMatchObject({ code: '709J', isTrusted: null }));
  });
});
