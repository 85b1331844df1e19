import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type FeedRequest, fetchFeed } from '../../../src/lists/feeds/fetch-feed.ts';
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
