import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Agent, request } from 'undici';
import { isFeedUrl } from '../../policy/compile/list-shape.ts';
import { fileError, openRegular } from '../regular-file.ts';

const maxRedirects = 5;
/** A gzip body is known by its bytes when the list is read; the others say that nothing is compressed, in right and wrong words. */
const readEncodings = new Set(['', 'identity', 'gzip', 'x-gzip', 'none', 'utf-8', 'binary']);

export interface FeedRequest {
  readonly url: string;
  /** Hosts beside that of the address to which redirects may lead. */
  readonly redirectHosts?: readonly string[];
  /** Validators of the last answer; null: fetch unconditionally. */
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
 * Conditional GET (RFC 9110, 13.1) into a file, bounded in bytes and time. Redirects stay on the host of the address or one that the
 * list declares, and never lead from https to http, so that no server can point at a service inside. Copies `file:` addresses that changed.
 * @throws FeedError
 */
export async function fetchFeed(feed: FeedRequest): Promise<FeedAnswer> {
  if (!isFeedUrl(feed.url)) throw new FeedError('feed-address', 'the address is not allowed');
  if (feed.url.startsWith('file:')) return copyFeed(feed);
  const timeout = AbortSignal.timeout(feed.timeoutMs);
  const signal = AbortSignal.any([feed.signal, timeout]);
  // Lists are also read where nothing is fetched, by every command.
  const undici = await import('undici');
  const agent = new undici.Agent({ connect: { timeout: Math.min(feed.timeoutMs, 10_000) } });
  try {
    return await get(feed, { agent, request: undici.request }, signal);
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

async function get(
  feed: FeedRequest,
  client: { readonly agent: Agent; readonly request: typeof request },
  signal: AbortSignal,
): Promise<FeedAnswer> {
  let url = feed.url;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const answer = await client.request(url, {
      dispatcher: client.agent,
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
    // A discarded body emits an error, which would end the process if it were not handled.
    body.on('error', () => undefined);
    const header = (name: string): string | null => {
      const value = answer.headers[name];
      return (Array.isArray(value) ? value[0] : value) ?? null;
    };
    if (statusCode === 200) {
      const encoding = header('content-encoding') ?? '';
      if (!encoding.split(',').every((one) => readEncodings.has(one.trim().toLowerCase()))) {
        body.destroy();
        throw new FeedError(
          'feed-encoding',
          `the answer is compressed as ${JSON.stringify(encoding.slice(0, 20))}, which is not read; gzip is`,
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
    url = redirected(url, location, [new URL(feed.url).host, ...(feed.redirectHosts ?? [])]);
  }
  throw new FeedError('feed-redirect', `more than ${maxRedirects} redirects`);
}

function redirected(from: string, location: string, hosts: readonly string[]): string {
  const to = URL.canParse(location, from) ? new URL(location, from) : null;
  const allowed = to !== null && to.protocol !== 'file:' && isFeedUrl(to.href);
  if (!allowed || (from.startsWith('https:') && to.protocol !== 'https:'))
    throw new FeedError('feed-redirect', 'the server redirected to an address that is not allowed');
  if (!hosts.includes(to.host))
    throw new FeedError(
      'feed-redirect',
      `the server redirected to another host, ${to.host}; if the publisher uses it, add redirects: [${to.host}] to the list`,
    );
  return to.href;
}

/** An address for people: the key that a publisher gave may stand anywhere after the host. */
export function shownFeed(url: string): string {
  if (!URL.canParse(url) || url.startsWith('file:')) return url;
  const { origin, pathname, search } = new URL(url);
  return pathname === '/' && search === '' ? origin : `${origin}/…`;
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
    const file = await openRegular(fileURLToPath(feed.url));
    const { size, mtimeMs, ino } = await file.stat();
    const etag = `${ino}-${size}-${mtimeMs}`;
    if (etag === feed.etag || size > feed.maxBytes) {
      await file.close();
      if (size > feed.maxBytes) throw tooLarge(feed);
      return { kind: 'unchanged' };
    }
    // Bounded by bytes read: the file may grow, and files in /proc have no size.
    await save(file.createReadStream(), feed, feed.signal);
    return { kind: 'fetched', etag, lastModified: null };
  } catch (error) {
    if (error instanceof FeedError) throw error;
    const { message } = fileError(error);
    throw new FeedError('feed-unreachable', message, error);
  }
}

function tooLarge({ maxBytes }: FeedRequest): FeedError {
  return new FeedError('feed-too-large', `the feed is longer than ${maxBytes} bytes`);
}

export type FeedErrorCode =
  | 'feed-address'
  | 'feed-redirect'
  | 'feed-status'
  | 'feed-encoding'
  | 'feed-too-large'
  | 'feed-timeout'
  | 'feed-unreachable'
  | 'feed-not-a-list';

/** A feed could not be fetched, or is not a list; the last good content stays in force. */
export class FeedError extends Error {
  readonly code: FeedErrorCode;
  constructor(code: FeedErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FeedError';
    this.code = code;
  }
}
