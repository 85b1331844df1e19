import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { RedisOutcomeLines } from '../call-store/outcome-lines.ts';
import { BacktestError } from './lane.ts';

const pieceBytes = 1024 * 1024;
const newline = 10;
/** An outcome is a few kB. */
const maxLineBytes = 4 * 1024 * 1024;

/** Where recorded calls come from. */
export interface CallSource {
  /** How much there is, in the unit of the progress; null: not known beforehand. */
  readonly total: number | null;
  /** Whole lines of JSON, about a megabyte at a time, each with memory of its own. `progress` hears how much is done. */
  chunks(progress: (done: number) => void): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** Recorded calls of a file, a JSON line each, gzipped or not (told by its first bytes, RFC 1952). `-`: stdin. */
export async function callsOfFile(path: string, stdin: Readable = process.stdin): Promise<CallSource> {
  if (path === '-') return { total: null, chunks: (progress) => chunksOf(stdin, progress) };
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new BacktestError('unreadable', `${path} cannot be read (${error.code})`, error);
  });
  if (!found.isFile()) throw new BacktestError('unreadable', `${path} is not a file`);
  return {
    total: found.size,
    chunks: (progress) => chunksOf(createReadStream(path, { highWaterMark: pieceBytes }), progress),
  };
}

async function* chunksOf(
  stream: Readable,
  progress: (done: number) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let done = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      done += piece.length;
      progress(done);
      yield piece;
    }
  };
  try {
    yield* wholeLines(inflated(counted()));
  } catch (error) {
    if (error instanceof BacktestError) throw error;
    const { message } = error as Error;
    throw new BacktestError('unreadable', `the recorded calls cannot be read: ${message}`, error);
  } finally {
    stream.destroy();
  }
}

async function* inflated(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await source.next();
  if (first.done) return;
  const all = async function* () {
    yield first.value;
    yield* source;
  };
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isGzip) return yield* all();
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  const feeding = (async () => {
    for await (const piece of all()) {
      if (gunzip.write(piece)) continue;
      await new Promise((resolve) => gunzip.once('drain', resolve));
    }
    gunzip.end();
  })().catch((error: Error) => gunzip.destroy(error));
  yield* gunzip as AsyncIterable<Buffer>;
  await feeding;
}

/** Recorded calls of Redis; progress is in entries of its streams. Rejects when Redis does. */
export async function callsOfRedis(lines: RedisOutcomeLines): Promise<CallSource> {
  return { total: await lines.countEntries(), chunks: (progress) => redisChunks(lines, progress) };
}

async function* redisChunks(
  lines: RedisOutcomeLines,
  progress: (done: number) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const page of lines.pages()) {
    parts = parts.concat(page);
    bytes += page.reduce((sum, { length }) => sum + length, 0);
    progress(lines.entriesRead);
    if (bytes < pieceBytes) continue;
    yield joined(parts);
    parts = [];
    bytes = 0;
  }
  if (parts.length > 0) yield joined(parts);
}

/** Bytes in pieces of any size to pieces of whole lines, each with memory of its own. @throws BacktestError `unreadable` */
export async function* wholeLines(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let rest: Uint8Array[] = [];
  let restLength = 0;
  for await (const piece of source) {
    const end = piece.lastIndexOf(newline);
    if (end < 0) {
      rest.push(piece);
      restLength += piece.length;
      if (restLength > maxLineBytes)
        throw new BacktestError(
          'unreadable',
          `a line is longer than ${maxLineBytes} bytes: these are no records of calls`,
        );
      continue;
    }
    yield joined([...rest, piece.subarray(0, end + 1)]);
    rest = end + 1 < piece.length ? [piece.slice(end + 1)] : [];
    restLength = piece.length - end - 1;
  }
  if (restLength > 0) yield joined(rest);
}

/** Always a copy: transferring to a thread takes the whole ArrayBuffer. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
