import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Child, until } from '../../lab/child.ts';
import { freePort, releasePorts } from '../../lab/free-ports.ts';
import { Site } from '../init/site.ts';

let dir: string;
let port: number;
let server: Child;
let site: Site;
const conf = () => join(dir, 'redis.conf');
const url = (password = '') => `redis://${password === '' ? '' : `:${password}@`}127.0.0.1:${port}`;
const settings = (redisUrl = url()) => ({
  settings: { ariUser: 'gatehouse', http: '127.0.0.1:1', redisUrl },
});

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-init-redis-'));
  port = await freePort();
  writeFileSync(conf(), `# of Debian\nport ${port}\nbind 127.0.0.1\ndir ${dir}\nappendonly no\n`, {
    mode: 0o640,
  });
  await start();
  site = await Site.of();
});
afterEach(async () => {
  site.close();
  await server.stop();
  releasePorts([port]);
  await rm(dir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  server = new Child('redis', 'redis-server', [conf()], { log: join(dir, 'redis.log') });
  await until('Redis to answer', 10_000, async () => /PONG|NOAUTH/.test(await pinged()) || null);
}

/** What somebody hears who gives no password. */
function pinged(): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.once('error', () => resolve(''));
  });
}

/** What Redis answers to one command. */
async function said(command: string, args: readonly string[] = [], password = ''): Promise<unknown> {
  const redis = new Redis(url(password), { lazyConnect: true, enableReadyCheck: false, retryStrategy: null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}
const passwordIn = (text: string) => /^requirepass (\S+)$/m.exec(text)?.[1] ?? '';
const inSettings = () => readFileSync(site.places.env, 'utf8');

test('a Redis of nobody else gets a password and keeps its records; uninit puts it back', async () => {
  const before = readFileSync(conf(), 'latin1');
  await said('set', ['gh:some-record', '1']);
  expect((await site.init({}, settings())).steps).toEqual([]);
  const password = passwordIn(readFileSync(conf(), 'latin1'));
  expect(password).toMatch(/^[\w-]{32}$/);
  expect(inSettings()).toContain(`\nGATEHOUSE_REDIS_URL=${url(password)}\n`);
  expect(site.said.join('\n')).not.toContain(password);
  expect(await pinged()).toContain('NOAUTH');
  expect(await said('get', ['gh:some-record'], password)).toBe('1');
  expect((await site.init({}, settings(url(password)))).did).toBe('nothing');

  // As its file has it, and with what it held.
  await server.stop();
  await start();
  expect(await said('get', ['gh:some-record'], password)).toBe('1');

  expect((await site.uninit())?.notes).toEqual([]);
  expect(readFileSync(conf(), 'latin1')).toBe(before);
  expect(await said('get', ['gh:some-record'])).toBe('1');
  expect(await said('config', ['get', 'appendonly'])).toEqual(['appendonly', 'no']);
});

test('when Asterisk refuses, Redis is as it was', async () => {
  const before = readFileSync(conf(), 'latin1');
  site.console.refuses = /^dialplan reload$/;
  await expect(site.init({}, settings())).rejects.toThrow('Asterisk refuses');
  expect(readFileSync(conf(), 'latin1')).toBe(before);
  expect(await said('ping')).toBe('PONG');
});

test('a Redis that somebody has edited since keeps that edit', async () => {
  await site.init({}, settings());
  const password = passwordIn(readFileSync(conf(), 'latin1'));
  writeFileSync(conf(), `${readFileSync(conf(), 'latin1')}maxclients 500\n`);
  expect((await site.uninit())?.notes).toHaveLength(1);
  const text = readFileSync(conf(), 'latin1');
  expect([text.includes('maxclients 500'), text.includes(password), text.includes('gatehouse init')]).toEqual(
    [true, false, false],
  );
  expect(await said('ping')).toBe('PONG');
});

test.each([
  ['a key of another program', () => said('set', ['session:1', 'x']), 'other programs use it'],
  ['a password already', () => said('config', ['set', 'requirepass', 'secret']), 'asks for a password'],
  ['no Redis', () => server.stop(), 'start Redis'],
])('%s: it is left, and said', async (_, prepare, step) => {
  await prepare();
  const before = readFileSync(conf(), 'latin1');
  const { steps } = await site.init({}, settings());
  expect(steps.join('\n')).toContain(step);
  expect(readFileSync(conf(), 'latin1')).toBe(before);
  expect(inSettings()).not.toContain('REDIS');
});
