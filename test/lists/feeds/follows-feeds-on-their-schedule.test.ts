import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';
import { ListLibrary } from '../../../src/lists/list-library.ts';
import { readStatus } from '../../../src/lists/list-status.ts';
import type { DeclaredList } from '../../../src/policy/compile/declared-lists.ts';
import { feedList, noon, TurnedClock, tempDir } from '../list-fixture.ts';
import { csv, feedServer } from './feed-server.ts';

const hour = 3_600_000;

function follow(declared: DeclaredList, dir: string, clock = new TurnedClock()) {
  const lists = new ListLibrary({ dir, serving: true, clock, random: () => 0.5 });
  const open = async () => (await lists.open([declared], 'US', 'rules', 'rules')).get(declared.id);
  const has = async (number: string) => (await open())?.list?.find(number, noon) ?? null;
  const begin = async () => {
    await open();
    lists.follow([declared], 'US');
    await vi.waitFor(() => expect(clock.waits).toHaveLength(1), 90_000);
  };
  /** Turns the clock to the next fetch and waits until the one after it is planned. */
  const next = async () => {
    const [ms = 0] = clock.waits;
    clock.turn(ms);
    expect(clock.waits).toHaveLength(0);
    await vi.waitFor(() => expect(clock.waits).toHaveLength(1), 90_000);
  };
  return { lists, clock, open, has, begin, next, status: () => lists.status()[0] };
}

it('fetches at once, then asks whether it changed, and takes what did', async () => {
  const server = await feedServer(csv('number\n3175550180\n', '"one"'));
  const feed = follow(feedList('scam', server.url), tempDir());
  const changed: string[] = [];
  feed.lists.onChange((id) => changed.push(id));
  expect((await feed.open())?.problems).toMatchObject([{ code: 'feed-not-fetched', severity: 'warning' }]);
  expect(await feed.has('+13175550180')).toBeNull();

  await feed.begin();
  await feed.next();
  expect(changed).toEqual(['scam']);
  expect(await feed.has('+13175550180')).not.toBeNull();
  expect(feed.clock.waits).toEqual([hour]);

  await feed.next();
  expect(server.asked[1]).toMatchObject({
    'if-none-match': '"one"',
    'if-modified-since': 'Thu, 12 Mar 2026 11:00:00 GMT',
  });
  expect(changed).toHaveLength(1);
  expect(feed.status()).toMatchObject({ lastError: null, contentAt: noon, checkedAt: noon + hour });

  server.state.answer = csv('number\n3175550181\n', '"two"');
  await feed.next();
  expect(changed).toHaveLength(2);
  expect(await feed.has('+13175550180')).toBeNull();
  expect(await feed.has('+13175550181')).not.toBeNull();
  await feed.lists.close();
});

it('keeps the last good list through every kind of bad answer, and tries again sooner', async () => {
  const server = await feedServer(csv('number\n3175550180\n', '"one"'));
  const dir = tempDir();
  const feed = follow(feedList('scam', server.url), dir);
  await feed.begin();
  await feed.next();
  const bad: [string, Parameters<typeof feedServer>[0]][] = [
    ['feed-status', (_request, response) => response.writeHead(503).end()],
    ['feed-not-a-list', csv('<html>down for maintenance</html>', '"x"')],
    ['feed-not-a-list', csv('number\n', '"x"')],
    ['feed-not-a-list', csv('number\nnobody\nno one\n3175550180\n', '"x"')],
    ['feed-not-a-list', csv('number\n3175550180\n"cut in the mid', '"x"')],
    ['feed-unreachable', (request) => request.socket.destroy()],
    [
      'feed-unreachable',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('number\n3175550181\n');
        setImmediate(() => response.destroy());
      },
    ],
    [
      'feed-redirect',
      (_request, response) => response.writeHead(302, { location: 'http://neighbor.example/' }).end(),
    ],
    ['feed-redirect', (_request, response) => response.writeHead(302, { location: '/feed.csv' }).end()],
    ['feed-encoding', (_request, response) => response.writeHead(200, { 'content-encoding': 'br' }).end('x')],
  ];
  const waits: number[] = [];
  for (const [code, answer] of bad) {
    server.state.answer = answer;
    await feed.next();
    expect([code, feed.status()?.lastError?.code]).toEqual([code, code]);
    expect(await feed.has('+13175550180')).not.toBeNull();
    waits.push(...feed.clock.waits);
  }
  expect(waits.slice(0, 4)).toEqual([45_000, 90_000, 180_000, 360_000]);
  expect(Math.max(...waits)).toBeLessThanOrEqual(hour);
  await vi.waitFor(
    async () => expect((await readStatus(dir))[0]?.lastError?.code).toBe('feed-encoding'),
    20_000,
  );

  server.state.answer = csv('number\n3175550181\n', '"two"');
  await feed.next();
  expect(feed.status()?.lastError).toBeNull();
  expect(await feed.has('+13175550181')).not.toBeNull();
  await feed.lists.close();
});

it('after a restart what was kept is in force before anything is fetched', async () => {
  const server = await feedServer(csv('number\n3175550180\n', '"one"'));
  const dir = tempDir();
  const before = follow(feedList('scam', server.url), dir);
  await before.begin();
  await before.next();
  await before.lists.close();

  const clock = new TurnedClock();
  clock.turn(hour / 2);
  const after = follow(feedList('scam', server.url), dir, clock);
  expect(await after.has('+13175550180')).not.toBeNull();
  await after.begin();
  // What is left of the hour, and a moment so that many nodes do not ask at once.
  expect(clock.waits).toEqual([hour / 2 + 5000]);
  await after.next();
  expect(server.asked.at(-1)).toMatchObject({ 'if-none-match': '"one"' });
  await after.lists.close();
  const elsewhere = follow(feedList('scam', server.url.replace('feed', 'other')), dir);
  expect(await elsewhere.has('+13175550180')).toBeNull();
});

it('a feed may be a file that another program writes', async () => {
  const path = join(tempDir(), 'crm.csv');
  writeFileSync(path, 'number,name\n3175550140,A\n');
  const feed = follow(feedList('crm', pathToFileURL(path).href), tempDir());
  await feed.begin();
  await feed.next();
  expect(await feed.has('+13175550140')).toEqual({ name: 'A' });
  writeFileSync(path, 'number,name\n3175550140,Another\n');
  await feed.next();
  expect(await feed.has('+13175550140')).toEqual({ name: 'Another' });
  await feed.lists.close();
});

it('a list that is no longer declared is no longer fetched', async () => {
  const server = await feedServer(csv('number\n3175550180\n', '"one"'));
  const feed = follow(feedList('scam', server.url), tempDir());
  await feed.begin();
  feed.lists.follow([], 'US');
  expect(feed.clock.waits).toHaveLength(0);
  expect(feed.lists.status()).toEqual([]);
  await feed.lists.close();
});
