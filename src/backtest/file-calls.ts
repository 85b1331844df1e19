import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BacktestError } from './lane.ts';
import { wholeLines } from './line-chunks.ts';
import type { CallSource } from './run-backtest.ts';

const pieceBytes = 1024 * 1024;

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
