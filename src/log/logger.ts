import { createLogger, format, transports } from 'winston';
import type { Log } from './log.ts';
import { LogOutput } from './log-output.ts';
import { logFields, logText, type NumberWriting } from './log-value.ts';

export interface LogOptions {
  /** The least that is logged. */
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** `masked`: numbers of people keep an area and the last two digits. */
  readonly numbers: NumberWriting;
  /** Where lines go; stderr, because commands print their results on stdout. */
  readonly stream?: NodeJS.WritableStream;
}

const MOST_LINE_CHARACTERS = 16_000;
const OWN_NAMES = new Set(['time', 'level', 'message']);
const LINE = Symbol.for('message');

/** What a terminal or a viewer would act on and JSON leaves alone: DEL, C1, line separators, direction marks, unseen ones. */
const LIVE_CHARACTERS =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40(?=[\udc00-\udc7f])|(?<=\udb40)[\udc00-\udc7f]/g;

/**
 * A log that writes one JSON object a line: `time` (ISO 8601, UTC), `level`, `message`, then the fields. Never throws
 * and never waits, whatever it is given and whatever becomes of the stream. A line has at most 16,000 characters.
 */
export function createLog({ level, numbers, stream = process.stderr }: LogOptions): Log {
  const logger = createLogger({
    level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    // The line is made before winston sees it: its own formats follow getters and cycles into exceptions.
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
  const line = safeJson({ ...head, ...Object.fromEntries(shown) });
  if (line.length <= MOST_LINE_CHARACTERS) return line;
  const short = shown.filter(isShort).slice(0, 20);
  return safeJson({ ...head, ...Object.fromEntries(short), fieldsLeftOut: true });
}

function safeJson(value: object): string {
  return JSON.stringify(value).replace(LIVE_CHARACTERS, escapeCharacter);
}

function isShort([, value]: readonly [string, unknown]): boolean {
  return typeof value !== 'object' && String(value).length <= 100;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
