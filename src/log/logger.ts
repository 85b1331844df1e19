import { Writable } from 'node:stream';
import { createLogger, format, transports } from 'winston';
import { visibleJson } from '../text/visible-text.ts';
import type { Log } from './log.ts';
import { logFields, logText, type NumberWriting } from './log-value.ts';

export interface LogOptions {
  /** Lowest level that is logged. */
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** `masked`: phone numbers keep an area and the last two digits. */
  readonly numbers: NumberWriting;
  /** Where lines go; stderr, because commands print their results on stdout. */
  readonly stream?: NodeJS.WritableStream;
}

const MAX_LINE_CHARACTERS = 16_000;
const OWN_NAMES = new Set(['time', 'level', 'message']);
const LINE = Symbol.for('message');

/**
 * A log of one JSON object per line: `time` (ISO 8601, UTC), `level`, `message`, then the fields; at most 16,000
 * characters. It never throws and never waits, whatever it is given and whatever happens to the stream.
 */
export function createLog({ level, numbers, stream = process.stderr }: LogOptions): Log {
  const logger = createLogger({
    level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    // The line is ready before winston sees it: winston's formats throw on getters and cycles.
    format: format((info) => info)(),
    transports: [new transports.Stream({ stream: new LogOutput(stream), eol: '\n' })],
    exitOnError: false,
  });
  logger.on('error', () => undefined);

  const write = (at: LogOptions['level']) => (message: string, fields?: Record<string, unknown>) => {
    try {
      if (!logger.isLevelEnabled(at)) return;
      logger.log({ level: at, message: '', [LINE]: logLine(at, message, fields ?? {}, numbers) });
    } catch {
      // A log line is never worth a call.
    }
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function logLine(
  level: string,
  message: string,
  fields: Readonly<Record<string, unknown>>,
  numbers: NumberWriting,
): string {
  const head = { time: new Date().toISOString(), level, message: logText(String(message), numbers) };
  const shown = Object.entries(logFields(fields, numbers)).map(
    ([name, value]) => [OWN_NAMES.has(name) ? `field_${name}` : name, value] as const,
  );
  const line = visibleJson({ ...head, ...Object.fromEntries(shown) });
  if (line.length <= MAX_LINE_CHARACTERS) return line;
  const short = shown.filter(isShort).slice(0, 20);
  return visibleJson({ ...head, ...Object.fromEntries(short), fieldsLeftOut: true });
}

function isShort([, value]: readonly [string, unknown]): boolean {
  return typeof value !== 'object' && String(value).length <= 100;
}

/** What waits for a reader that has stopped reading; beyond it lines are dropped. In characters. */
const MAX_WAITING = 4_000_000;

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

  /** Lines that were dropped and not reported yet. */
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
    if (this.#closed || !this.#target.writable || waiting > MAX_WAITING) {
      this.#lost += 1;
      return;
    }
    if (this.#lost > 0) {
      const time = new Date().toISOString();
      const warning = {
        time,
        level: 'warn',
        message: 'Log lines were lost because no one read them',
        lines: this.#lost,
      };
      this.#lost = 0;
      this.#target.write(`${JSON.stringify(warning)}\n`);
    }
    this.#target.write(line);
  }
}
