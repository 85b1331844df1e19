import { createWriteStream } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { isFeedUrl } from '../policy/list-shape.ts';
import { FeedError } from './feed-error.ts';

const maxRedirects = 5;

export interface FeedRequest {
  readonly url: string;
  /** What the last answer was told apart by; null: ask for everything. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** File to write; what was there is replaced. */
  readonly target: string;
  readonly maxBytes: number;
  /** Of the whole fetch. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type FeedAnswer =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'fetched'; readonly etag: string | null; readonly lastModified: string | null };

/**
 * Conditional GET (RFC 9110, 13.1) into a file, bounded in bytes and time. Redirects are followed to https, and to this
 * machine only from this machine, so that no server sends us to a neighbour. Copies `file:` addresses that changed.
 * @throws FeedError
 */
export async function fetchFeed(feed: FeedRequest): Promise<FeedAnswer> {
  if (!isFeedUrl(feed.url)) throw new FeedError('feed-address', 'the address is not allowed');
  if (feed.url.startsWith('file:')) return copyFeed(feed);
  const timeout = AbortSignal.timeout(feed.timeoutMs);
  const signal = AbortSignal.any([feed.signal, timeout]);
  const agent = new Agent({ connect: { timeout: Math.min(feed.timeoutMs, 10_000) } });
  try {
    return await get(feed, agent, signal);
  } catch (error) {
    if (error instanceof FeedError) throw error;
    if (timeout.aborted)
      throw new FeedError('feed-timeout', `no whole answer within ${feed.timeoutMs / 1000} s`, error);
    const { code, message } = error as NodeJS.ErrnoException;
    throw new FeedError('feed-unreachable', `the feed cannot be reached (${code ?? message})`, error);
  } finally {
    await agent.destroy().catch(() => undefined);
  }
}

async function get(feed: FeedRequest, dispatcher: Agent, signal: AbortSignal): Promise<FeedAnswer> {
  let url = feed.url;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const answer = await request(url, {
      dispatcher,
      signal,
      headers: {
        'user-agent': 'gatehouse',
        accept: 'text/csv, text/plain, */*;q=0.1',
        'accept-encoding': 'identity',
        ...(feed.etag === null ? {} : { 'if-none-match': feed.etag }),
        ...(feed.lastModified === null ? {} : { 'if-modified-since': feed.lastModified }),
      },
      headersTimeout: feed.timeoutMs,
      bodyTimeout: feed.timeoutMs,
    });
    const { statusCode, body } = answer;
    // A body that is thrown away fails, and a failure nobody listens to would end the process.
    body.on('error', () => undefined);
    const header = (name: string): string | null => {
      const value = answer.headers[name];
      return (Array.isArray(value) ? value[0] : value) ?? null;
    };
    if (statusCode === 200) {
      const encoding = header('content-encoding') ?? 'identity';
      if (encoding !== 'identity') {
        body.destroy();
        throw new FeedError(
          'feed-encoding',
          `the answer is packed (${encoding.slice(0, 20)}), which was not asked for`,
        );
      }
      await save(body, feed, signal);
      return { kind: 'fetched', etag: header('etag'), lastModified: header('last-modified') };
    }
    body.destroy();
    if (statusCode === 304 && (feed.etag ?? feed.lastModified) !== null) return { kind: 'unchanged' };
    const location = header('location');
    if (![301, 302, 303, 307, 308].includes(statusCode) || location === null)
      throw new FeedError('feed-status', `the server answered ${statusCode}`);
    url = redirected(url, location);
  }
  throw new FeedError('feed-redirect', `more than ${maxRedirects} redirects`);
}

function redirected(from: string, location: string): string {
  const to = URL.canParse(location, from) ? new URL(location, from) : null;
  const allowed = to !== null && to.protocol !== 'file:' && isFeedUrl(to.href);
  if (!allowed || (from.startsWith('https:') && to.protocol !== 'https:'))
    throw new FeedError('feed-redirect', 'the server sent us to an address that is not allowed');
  return to.href;
}

async function save(body: Readable, feed: FeedRequest, signal: AbortSignal): Promise<void> {
  let bytes = 0;
  const bound = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes > feed.maxBytes) done(tooLarge(feed));
      else done(null, piece);
    },
  });
  await pipeline(body, bound, createWriteStream(feed.target, { mode: 0o600, flush: true }), { signal });
}

async function copyFeed(feed: FeedRequest): Promise<FeedAnswer> {
  try {
    const path = fileURLToPath(feed.url);
    const { size, mtimeMs, ino } = await stat(path);
    const etag = `${ino}-${size}-${mtimeMs}`;
    if (etag === feed.etag) return { kind: 'unchanged' };
    if (size > feed.maxBytes) throw tooLarge(feed);
    await copyFile(path, feed.target);
    return { kind: 'fetched', etag, lastModified: null };
  } catch (error) {
    if (error instanceof FeedError) throw error;
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new FeedError('feed-unreachable', `the file cannot be read (${code})`, error);
  }
}

function tooLarge({ maxBytes }: FeedRequest): FeedError {
  return new FeedError('feed-too-large', `the feed is longer than ${maxBytes} bytes`);
}
