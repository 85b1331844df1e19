import { Writable } from 'node:stream';

/** What waits for a reader that has stopped reading; beyond it lines are dropped. In characters. */
const MOST_WAITING = 4_000_000;

/**
 * Hands lines to a stream and outlives it: a closed pipe (EPIPE) ends the output, never the process; a reader that
 * stands still costs bounded memory. Lost lines are counted and told of when the reader is back.
 */
export class LogOutput extends Writable {
  readonly #target: NodeJS.WritableStream;
  #closed = false;
  #lost = 0;

  constructor(target: NodeJS.WritableStream) {
    super({ decodeStrings: false });
    this.#target = target;
    // Without a listener the error of a closed pipe would end the process.
    target.on('error', () => {
      this.#closed = true;
    });
  }

  /** Lines that were dropped and not told of yet. */
  get lost(): number {
    return this.#lost;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    try {
      this.#pass(String(chunk));
    } catch {
      this.#closed = true;
    }
    done();
  }

  #pass(line: string): void {
    const waiting = (this.#target as Partial<Writable>).writableLength ?? 0;
    if (this.#closed || !this.#target.writable || waiting > MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    if (this.#lost > 0) {
      const time = new Date().toISOString();
      const told = {
        time,
        level: 'warn',
        message: 'log lines were lost: nobody read them',
        lines: this.#lost,
      };
      this.#lost = 0;
      this.#target.write(`${JSON.stringify(told)}\n`);
    }
    this.#target.write(line);
  }
}
