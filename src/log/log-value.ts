import { maskNumbersIn } from '../privacy/mask-number.ts';

const MAX_CHARACTERS = 500;
const MAX_STACK_CHARACTERS = 2000;
const MAX_ENTRIES = 50;
const MAX_DEPTH = 5;
const MAX_CAUSES = 4;
/** In one line; depth and entries alone would still allow millions. */
const MAX_VALUES = 500;

/** Ids made by Asterisk or by us: masking them would only separate the lines of one call. */
const OUR_IDS = /^(callId|linkedId|channelId|playbackId|policyVersion|node)$/;
const ID_SHAPE = /^[\w./:-]{1,160}$/;
/** Our own servers, and the version of Asterisk: needed in full at 3 a.m. */
const OUR_SERVERS = /^(redis|server|version)$/;
const SERVER_SHAPE = /^\w[\w.:/@()[\],+~-]{1,300}$/;
const SECRET_NAME = /password|passwd|secret|token|authorization|cookie|api_?key|credential/i;
const ADDRESS_CREDENTIALS = /:\/\/[^\s/@]{1,200}@/g;

export type NumberWriting = 'masked' | 'full';

/** Text for a log line: at most 500 characters, numbers masked, no credentials in addresses. */
export function logText(text: string, numbers: NumberWriting, most = MAX_CHARACTERS): string {
  const bounded = text.length > most ? `${text.slice(0, most)}…` : text;
  const open = bounded.replace(ADDRESS_CREDENTIALS, '://(hidden)@');
  return numbers === 'full' ? open : maskNumbersIn(open);
}

/**
 * Log fields as bounded JSON values. Accepts anything, even cycles and throwing getters, and never throws. Errors become
 * `{ name, code, message, stack, cause }`; fields named like a secret are hidden.
 */
export function logFields(fields: Readonly<Record<string, unknown>>, numbers: NumberWriting) {
  return new LogValues(numbers).entries(fields, 0);
}

class LogValues {
  readonly #numbers: NumberWriting;
  #left = MAX_VALUES;

  constructor(numbers: NumberWriting) {
    this.#numbers = numbers;
  }

  entries(source: object, depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    let keys: string[] = [];
    try {
      keys = Object.keys(source);
    } catch {
      // A revoked proxy.
    }
    for (const key of keys.slice(0, MAX_ENTRIES)) {
      const value = this.#of(source, key, depth + 1);
      if (value !== undefined) entries.push([logText(key, this.#numbers, 60), value]);
    }
    if (keys.length > MAX_ENTRIES) entries.push(['…', keys.length - MAX_ENTRIES]);
    return Object.fromEntries(entries);
  }

  #of(source: object, key: string, depth: number): unknown {
    try {
      const value = (source as Record<string, unknown>)[key];
      if (SECRET_NAME.test(key) && value !== null && value !== undefined) return '(hidden)';
      if (typeof value === 'string' && OUR_IDS.test(key) && ID_SHAPE.test(value)) return value;
      if (typeof value === 'string' && OUR_SERVERS.test(key) && SERVER_SHAPE.test(value))
        return logText(value, 'full');
      return this.#value(value, depth);
    } catch {
      return '(unreadable)';
    }
  }

  #value(value: unknown, depth: number): unknown {
    if (--this.#left < 0) return '…';
    if (typeof value === 'string') return logText(value, this.#numbers);
    if (value === null || value === undefined || typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value !== 'object') return logText(`(${typeof value}) ${String(value)}`, this.#numbers, 80);
    if (depth > MAX_DEPTH) return '…';
    if (value instanceof Error) return this.#error(value, depth, MAX_CAUSES);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof URL) return logText(value.href, this.#numbers);
    if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
    if (value instanceof Map) return this.entries(Object.fromEntries(value), depth);
    if (value instanceof Set) return this.#list([...value], depth);
    if (Array.isArray(value)) return this.#list(value, depth);
    return this.entries(value, depth);
  }

  #list(list: readonly unknown[], depth: number): unknown[] {
    const items = list.slice(0, MAX_ENTRIES).map((_, i) => this.#of(list, String(i), depth + 1) ?? null);
    return list.length > MAX_ENTRIES ? [...items, `… ${list.length - MAX_ENTRIES} more`] : items;
  }

  #error(error: Error, depth: number, causes: number): Record<string, unknown> {
    const { code, status, cause } = error as Error & { code?: unknown; status?: unknown };
    const shown: Record<string, unknown> = {
      name: logText(String(error.name), this.#numbers, 80),
      message: logText(String(error.message), this.#numbers),
    };
    if (typeof code === 'string' || typeof code === 'number') shown.code = this.#value(code, depth);
    if (typeof status === 'number') shown.status = status;
    const frames = String(error.stack ?? '')
      .split('\n    at ')
      .slice(1, 9)
      .join(' < ');
    if (frames !== '') shown.stack = logText(frames, this.#numbers, MAX_STACK_CHARACTERS);
    if (cause instanceof Error && causes > 0) shown.cause = this.#error(cause, depth, causes - 1);
    else if (cause !== undefined) shown.cause = this.#value(cause, depth + 1);
    if (error instanceof AggregateError)
      shown.errors = error.errors
        .slice(0, 5)
        .map((one) =>
          one instanceof Error && causes > 0 ? this.#error(one, depth, 0) : this.#value(one, depth + 1),
        );
    return shown;
  }
}
