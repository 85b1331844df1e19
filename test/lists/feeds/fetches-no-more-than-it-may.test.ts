import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { type FeedRequest, fetchFeed, shownFeed } from '../../../src/lists/feeds/fetch-feed.ts';
import { PackedList } from '../../../src/lists/held/packed-list.ts';
import { readList } from '../../../src/lists/read-list.ts';
import { isFeedUrl } from '../../../src/policy/compile/list-shape.ts';
import { tempDir } from '../list-fixture.ts';
import { csv, feedServer } from './feed-server.ts';

function asking(url: string, changes: Partial<FeedRequest> = {}): FeedRequest {
  return {
    url,
    etag: null,
    lastModified: null,
    target: join(tempDir(), 'body'),
    maxBytes: 1000,
    timeoutMs: 5000,
    signal: new AbortController().signal,
    ...changes,
  };
}

it('stops at the bound in bytes, whatever length was announced', async () => {
  const server = await feedServer((_request, response) => {
    response.writeHead(200);
    for (let i = 0; i < 50; i++) response.write('x'.repeat(100));
    response.end();
  });
  await expect(fetchFeed(asking(server.url))).rejects.toMatchObject({ code: 'feed-too-large' });
  await expect(fetchFeed(asking(server.url, { maxBytes: 5000 }))).resolves.toMatchObject({ kind: 'fetched' });
});

it('stops at the bound in time, when nothing comes and when it trickles', async () => {
  const silent = await feedServer(() => undefined);
  await expect(fetchFeed(asking(silent.url, { timeoutMs: 150 }))).rejects.toMatchObject({
    code: 'feed-timeout',
  });
  const slow = await feedServer((_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('1\n'), 20);
    response.on('close', () => clearInterval(timer));
  });
  await expect(fetchFeed(asking(slow.url, { timeoutMs: 150 }))).rejects.toMatchObject({
    code: 'feed-timeout',
  });
});

it('follows a redirect on the same machine, and writes what came', async () => {
  const answer = csv('number\n3175550180\n', '"one"');
  const server = await feedServer((request, response) => {
    if (request.url === '/feed.csv') response.writeHead(301, { location: '/there.csv' }).end();
    else answer(request, response);
  });
  const feed = asking(server.url);
  expect(await fetchFeed(feed)).toMatchObject({ kind: 'fetched', etag: '"one"' });
  expect(readFileSync(feed.target, 'utf8')).toBe('number\n3175550180\n');
  expect(await fetchFeed(asking(server.url, { etag: '"one"' }))).toEqual({ kind: 'unchanged' });
});

const packed = gzipSync('number\n3175550180\n');
it.each<[string, string | Buffer, Record<string, string>]>([
  ['gzip because the server packs all it sends', packed, { 'content-encoding': 'gzip' }],
  ['a .gz file, sent as a file', packed, { 'content-type': 'application/gzip' }],
  [
    'a .gz file, named as its encoding too',
    packed,
    { 'content-encoding': 'x-gzip', 'content-type': 'application/x-gzip' },
  ],
  ['a .gz file that the server packs again', gzipSync(packed), { 'content-encoding': 'gzip' }],
  ['packed by two servers', gzipSync(packed), { 'content-encoding': 'gzip, GZIP' }],
  ['plain, with a charset in place of the encoding', 'number\n3175550180\n', { 'content-encoding': 'UTF-8' }],
  ['plain, though it says gzip', 'number\n3175550180\n', { 'content-encoding': 'gzip' }],
  ['plain, with an empty encoding', 'number\n3175550180\n', { 'content-encoding': '' }],
])('a feed is read: %s', async (_, body, headers) => {
  const server = await feedServer((_request, response) => response.writeHead(200, headers).end(body));
  const feed = asking(server.url);
  await fetchFeed(feed);
  const { image, bad } = readList(
    [readFileSync(feed.target)],
    { format: 'csv', columns: {}, minComplaints: 3 },
    'US',
  );
  const list = new PackedList('feed', image);
  expect([bad, list.problems, list.find('+13175550180', 0)]).toEqual([false, [], { name: null }]);
});

it.each([
  [(other: string) => other, [], 'refused'],
  [(other: string) => other.replace('127.0.0.1', 'localhost'), [], 'refused'],
  [(other: string) => other.replace('/feed.csv', '/feed.csv?key=x'), ['feeds.example'], 'refused'],
  [(other: string) => other, ['itself'], 'followed'],
] as const)(
  'a redirect to another host is followed only when the list declares it (%#)',
  async (place, declared, end) => {
    const other = await feedServer(csv('number\n3175550180\n', '"one"'));
    const server = await feedServer((_, response) =>
      response.writeHead(302, { location: place(other.url) }).end(),
    );
    const redirectHosts = declared.map((host) => (host === 'itself' ? new URL(other.url).host : host));
    const fetched = fetchFeed(asking(server.url, { redirectHosts }));
    if (end === 'followed') expect(await fetched).toMatchObject({ kind: 'fetched' });
    else await expect(fetched).rejects.toMatchObject({ code: 'feed-redirect' });
    expect(other.asked).toHaveLength(end === 'followed' ? 1 : 0);
  },
);

it.each([
  ['https://feeds.example/list.csv?key=s3cr3t', 'https://feeds.example/…'],
  ['https://feeds.example/s3cr3t/list.csv', 'https://feeds.example/…'],
  ['https://feeds.example/list.csv#s3cr3t', 'https://feeds.example/…'],
  ['https://feeds.example:8443/?s3cr3t', 'https://feeds.example:8443/…'],
  ['https://feeds.example/;token=s3cr3t', 'https://feeds.example/…'],
  ['http://127.0.0.1:8000/s3cr3t', 'http://127.0.0.1:8000/…'],
  ['https://feeds.example/', 'https://feeds.example'],
  ['file:///srv/list.csv', 'file:///srv/list.csv'],
])('of %s people see %s', (url, shown) => {
  expect(shownFeed(url)).toBe(shown);
});

it('asks nothing of an address that is not allowed', async () => {
  const feed = asking('http://feeds.example/list.csv');
  await expect(fetchFeed(feed)).rejects.toMatchObject({ code: 'feed-address' });
  expect(existsSync(feed.target)).toBe(false);
});

it.each([
  ['https://feeds.example/list.csv', true],
  ['http://127.0.0.1:8000/list.csv', true],
  ['http://[::1]/list.csv', true],
  ['http://localhost/list.csv', true],
  ['file:///srv/list.csv', true],
  ['http://feeds.example/list.csv', false],
  ['http://127.0.0.1.example/list.csv', false],
  ['https://user:secret@feeds.example/', false],
  ['ftp://feeds.example/list.csv', false],
  ['file://server/share/list.csv', false],
  ['list.csv', false],
])('%s: %s', (url, allowed) => {
  expect(isFeedUrl(url)).toBe(allowed);
});
