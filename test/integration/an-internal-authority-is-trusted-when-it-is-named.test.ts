import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChannelValues, channelSettings, openChannels } from '../../src/notices/channels/registry.ts';
import { Delivery } from '../../src/notices/delivery.ts';
import type { Channel, Message } from '../../src/notices/notice.ts';
import { certificateRemedy, trustAuthorities } from '../../src/process/trusted-authorities.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const folder = join(import.meta.dirname, '../fixtures/internal-ca');
const tls = {
  key: readFileSync(join(folder, 'server-key.pem')),
  cert: readFileSync(join(folder, 'server.pem')),
};
const message: Message = { id: '1', at: new FakeClock().now(), node: 'n1', notices: [], leftOut: 0 };
const posted: string[] = [];
const mailed: string[] = [];
const web = createServer(tls, (request, response) => {
  posted.push(request.url ?? '');
  request.resume().on('end', () => response.end('ok'));
});
const mailServer = (secure: boolean) =>
  new SMTPServer({
    ...tls,
    secure,
    authOptional: true,
    onData: (stream, _, done) => {
      stream.resume().on('end', () => {
        mailed.push(secure ? 'smtps' : 'starttls');
        done();
      });
    },
  });
const [smtps, starttls] = [mailServer(true), mailServer(false)];
let urls: Record<'webhook' | 'smtps' | 'starttls', string>;

beforeAll(async () => {
  for (const server of [web, smtps, starttls])
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  // What fails during a handshake is of the client here.
  for (const server of [smtps, starttls]) server.on('error', () => {});
  const port = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
  urls = {
    webhook: `https://localhost:${port(web)}/hook`,
    smtps: `smtps://localhost:${port(smtps.server)}`,
    starttls: `smtp://localhost:${port(starttls.server)}`,
  };
});
afterAll(async () => {
  web.closeAllConnections();
  web.close();
  for (const server of [smtps, starttls]) await new Promise<void>((resolve) => server.close(() => resolve()));
});

function opened(kind: keyof typeof urls): Channel {
  const none = Object.fromEntries(Object.keys(channelSettings).map((name) => [name, null]));
  const mail = { GATEHOUSE_MAIL_FROM: 'a@example.org', GATEHOUSE_MAIL_TO: ['b@example.org'] };
  const values =
    kind === 'webhook' ? { GATEHOUSE_SLACK_URL: urls.webhook } : { GATEHOUSE_SMTP_URL: urls[kind], ...mail };
  const [channel] = openChannels({ ...none, ...values } as ChannelValues, { timeZone: 'UTC', now: Date.now });
  if (channel === undefined) throw new Error('no channel is set');
  return channel;
}

it('until it is named each channel says so with the remedy, and keeps its notices; from then on they are sent', async () => {
  const dirs = { webhook: temporaryFolder(), smtps: temporaryFolder(), starttls: temporaryFolder() };
  const start = (kind: keyof typeof urls) => {
    const clock = new FakeClock();
    const log = new RecordingLog();
    return { clock, log, delivery: new Delivery({ channel: opened(kind), dir: dirs[kind], clock, log }) };
  };
  for (const kind of ['webhook', 'smtps', 'starttls'] as const) {
    const { delivery, log } = start(kind);
    delivery.add(message);
    await expect
      .poll(() => delivery.trouble(), { timeout: 30_000 })
      .toMatchObject({
        waiting: 1,
        reason: expect.stringContaining('The certificate of the server is not trusted'),
        remedy: expect.stringContaining('set GATEHOUSE_CA_FILE'),
      });
    expect(log.lines).toMatchObject([
      { level: 'warn', fields: { remedy: expect.stringContaining('GATEHOUSE_CA_FILE') } },
    ]);
    delivery.close();
  }
  expect([posted, mailed]).toEqual([[], []]);

  expect(trustAuthorities(join(folder, 'ca.pem'))).toBeNull();
  for (const kind of ['webhook', 'smtps', 'starttls'] as const) {
    const { delivery } = start(kind);
    delivery.start();
    await expect.poll(() => posted.length + mailed.length, { timeout: 30_000 }).toBeGreaterThan(0);
    await expect.poll(() => delivery.trouble(), { timeout: 30_000 }).toBeNull();
    delivery.close();
  }
  await expect
    .poll(() => [posted, mailed.sort()], { timeout: 30_000 })
    .toEqual([['/hook'], ['smtps', 'starttls']]);
});

it('a thread trusts it when it asks too', async () => {
  const source = new URL('../../src/process/trusted-authorities.ts', import.meta.url).href;
  const code = `import('${source}').then(async ({ trustAuthorities }) => {
    trustAuthorities();
    const { status } = await fetch('${urls.webhook}');
    require('node:worker_threads').parentPort.postMessage(status);
  })`;
  const env = { ...process.env, GATEHOUSE_CA_FILE: join(folder, 'ca.pem') };
  const worker = new Worker(code, { eval: true, env });
  expect(await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))).toBe(200);
  await worker.terminate();
});

it('a file that is none is named, and changes nothing', () => {
  const path = join(temporaryFolder(), 'ca.pem');
  expect(trustAuthorities(path)).toContain('ENOENT');
  writeFileSync(path, 'no certificate');
  expect(trustAuthorities(path)).toContain('no certificate');
  writeFileSync(path, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  expect(trustAuthorities(path)).toContain('cannot be used');
  expect(trustAuthorities('')).toBeNull();
});

it.each([
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /GATEHOUSE_CA_FILE/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /GATEHOUSE_CA_FILE/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /GATEHOUSE_CA_FILE/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /GATEHOUSE_CA_FILE/],
  ['CERT_HAS_EXPIRED', /Renew/],
  ['CERT_NOT_YET_VALID', /clocks/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /host name/],
])('%s', (code, remedy) => {
  expect(certificateRemedy(code)).toMatch(remedy);
});

it.each(['', 'ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND'])('%j says nothing of certificates', (code) => {
  expect(certificateRemedy(code)).toBeNull();
});
