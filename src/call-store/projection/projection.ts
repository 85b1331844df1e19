import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../log/log.ts';
import { type FromProjection, recordsSocket, type ToProjection } from './projection-messages.ts';
import { SocketCallRecords } from './socket-call-records.ts';

const heapMb = 256;
const firstRestMs = 1_000;
const longestRestMs = 30_000;

/**
 * The records in SQL, in a process of its own: whatever becomes of it, calls are screened. It is started again when it ends;
 * meanwhile every question is refused.
 */
export class Projection {
  readonly records: SocketCallRecords;
  readonly #options: ToProjection;
  readonly #log: Log;
  #child: ChildProcess | null = null;
  #again: NodeJS.Timeout | null = null;
  #restMs = firstRestMs;
  #isClosed = false;

  constructor(options: ToProjection, log: Log) {
    this.#options = options;
    this.#log = log;
    this.records = new SocketCallRecords(recordsSocket(options.data));
  }

  start(): void {
    if (this.#isClosed) return;
    const startedAt = Date.now();
    const entry = new URL(`./projection-process${extname(import.meta.filename)}`, import.meta.url);
    const child = fork(fileURLToPath(entry), [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${heapMb}`],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('message', ({ level, message, fields }: FromProjection) => this.#log[level](message, fields));
    child.on('error', (error) => this.#log.warn('The records process failed', { error: String(error) }));
    child.on('exit', (code, signal) => {
      this.#child = null;
      if (this.#isClosed) return;
      this.#log.warn('The records process ended; it is started again', { code, signal });
      if (Date.now() - startedAt > longestRestMs) this.#restMs = firstRestMs;
      this.#again = setTimeout(() => this.start(), this.#restMs);
      this.#restMs = Math.min(longestRestMs, this.#restMs * 2);
    });
    child.send(this.#options, () => undefined);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#again) clearTimeout(this.#again);
    this.records.close();
    this.#child?.disconnect();
    this.#child?.unref();
  }
}
