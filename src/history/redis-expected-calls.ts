import { type CallerNames, plainNames } from '../privacy/caller-names.ts';
import type { RedisClient } from '../redis/redis-client.ts';
import { callerKeys, expectedKey } from '../redis/redis-keys.ts';
import { visibleText } from '../text/visible-text.ts';

/** How many windows there may be at a time: they are written by hand, and a list is the place for more. */
const maxExpectedCalls = 10_000;

/** `expected-too-many`: end or remove some first. */
export class ExpectedCallsError extends Error {
  readonly code = 'expected-too-many';
}

/** The windows in which staff expect calls. Every method rejects when Redis does. */
export class RedisExpectedCalls {
  readonly #redis: RedisClient;
  readonly #names: CallerNames;

  constructor(redis: RedisClient, names: CallerNames = plainNames) {
    this.#redis = redis;
    this.#names = names;
  }

  /**
   * Notes one; the same caller at the same called number replaces the window before. `now` in epoch ms. Rejects with
   * ExpectedCallsError, or RedisKeyError when the caller is not E.164.
   */
  async add(call: ExpectedCall, now: number): Promise<void> {
    // Only for its check: the call that reads the window makes keys of the same number.
    const caller = this.#names.of(call.caller);
    callerKeys(caller);
    const args = [expectedField(caller, call.called), expectedValue(call), String(now)];
    const noted = await this.#redis.expectCall(
      expectedKey,
      ...args,
      String(maxExpectedCalls),
      String(call.until),
    );
    if (noted !== 1)
      throw new ExpectedCallsError(`${maxExpectedCalls} calls are expected already: a list can hold more`);
  }

  /** Those that are not over, the first to end first; callers as they are stored. `now` in epoch ms. */
  async list(now: number): Promise<ExpectedCall[]> {
    const rows = await this.#redis.hgetall(expectedKey);
    return Object.entries(rows)
      .flatMap(([field, value]) => expectedFrom(field, value) ?? [])
      .filter(({ until }) => until > now)
      .sort((a, b) => a.until - b.until);
  }

  /** Those of one caller that are not over, callers as they are stored. `now` in epoch ms. */
  async ofCaller(caller: string, now: number): Promise<ExpectedCall[]> {
    const name = this.#names.of(caller);
    // Only for its check: nothing in a name may be a wildcard.
    callerKeys(name);
    const rows = new Map<string, string>();
    for (let cursor = '0'; ; ) {
      const [next, found] = await this.#redis.hscan(
        ...([expectedKey, cursor, 'MATCH', `${name} *`, 'COUNT', 1000] as const),
      );
      for (let at = 0; at + 1 < found.length; at += 2) rows.set(found[at] ?? '', found[at + 1] ?? '');
      if (next === '0') break;
      cursor = next;
    }
    return [...rows]
      .flatMap(([name, value]) => expectedFrom(name, value) ?? [])
      .filter(({ until }) => until > now)
      .sort((a, b) => a.until - b.until);
  }

  /** False when it was not there. `called` null: the window at any number. */
  async remove(caller: string, called: string | null): Promise<boolean> {
    return (await this.#redis.hdel(expectedKey, expectedField(this.#names.of(caller), called))) === 1;
  }
}

/** A window in which staff expect a call. */
export interface ExpectedCall {
  /** E.164; as caller-names.ts has it when it is read back. */
  readonly caller: string;
  /** E.164 of the number that will be called; null: any of ours. */
  readonly called: string | null;
  /** Epoch ms. */
  readonly until: number;
  /** In the words of whoever expects it; at most 200 characters, no control characters. */
  readonly why: string;
}

export const longestWhy = 200;

const field = /^(\+[0-9]{2,20}|p_[A-Za-z0-9_-]{22}) (\*|\+[0-9]{2,20})$/;

/** Field of the hash of expected calls. */
function expectedField(caller: string, called: string | null): string {
  return `${caller} ${called ?? '*'}`;
}

/** Where windows that apply to a call may stand: at any number, and at the one it called. */
export function expectedFields(caller: string, called: string | null): string[] {
  const any = expectedField(caller, null);
  return called === null ? [any] : [any, expectedField(caller, called)];
}

/** One line of plain text: control and invisible formatting characters would reach a terminal or a phone's display. */
export function plainWhy(text: string): string {
  return Array.from(visibleText(text, 'space')).slice(0, longestWhy).join('');
}

function expectedValue({ called, until, why }: Omit<ExpectedCall, 'caller'>): string {
  return JSON.stringify({ until, called, why: plainWhy(why) });
}

/** Null when it is not one, or not one of ours. */
export function expectedFrom(name: string, value: unknown): ExpectedCall | null {
  const [, caller = '', called = ''] = field.exec(name) ?? [];
  const window = parsed(value);
  if (caller === '' || window === null) return null;
  return { caller, ...window, called: called === '*' ? null : called };
}

/** Of the rows that apply to a call the one that lasts longest; null when none does. `now` in epoch ms. */
export function applicableExpectation(
  rows: unknown,
  now: number,
): { readonly until: number; readonly called: string | null; readonly why: string } | null {
  const windows = (Array.isArray(rows) ? rows : []).flatMap((row) => parsed(row) ?? []);
  return windows.filter(({ until }) => until > now).sort((a, b) => b.until - a.until)[0] ?? null;
}

function parsed(value: unknown): { until: number; called: string | null; why: string } | null {
  if (typeof value !== 'string') return null;
  try {
    const { until, called, why } = JSON.parse(value) as Record<string, unknown>;
    if (typeof until !== 'number' || typeof why !== 'string') return null;
    return { until, called: typeof called === 'string' ? called : null, why: plainWhy(why) };
  } catch {
    return null;
  }
}
