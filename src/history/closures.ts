import { everyCalendar } from '../call/facts.ts';
import type { RedisClient } from '../redis/redis-client.ts';
import { closedKey } from '../redis/redis-keys.ts';
import { plainWhy } from './redis-expected-calls.ts';

/** More are a mistake: calendars have names of people's own choosing. */
const mostClosures = 200;

/** A calendar that staff closed by hand. */
export interface Closure {
  /** Its name; `everyCalendar`: all. */
  readonly calendar: string;
  /** Epoch ms; it ends by itself. */
  readonly until: number;
  /** Epoch ms. */
  readonly since: number;
  /** In the words of whoever closed it; empty: none were given. */
  readonly reason: string;
}

/** `too-many-closures`: open some first. */
export class ClosuresError extends Error {
  readonly code = 'too-many-closures';
}

/** What staff closed by hand, for every node. Every method rejects when Redis does. */
export class RedisClosures {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** The same calendar again replaces what was said of it. `now` in epoch ms. */
  async close({ calendar, ...said }: Closure, now: number): Promise<void> {
    const args = [calendar, JSON.stringify(said), String(now), String(mostClosures), String(said.until)];
    if ((await this.#redis.expectCall(closedKey, ...args)) !== 1)
      throw new ClosuresError(`${mostClosures} calendars are closed by hand already`);
  }

  /** What was ended. @param calendar null: everything that is closed */
  async open(calendar: string | null, now: number): Promise<readonly Closure[]> {
    const there = await this.list(now);
    const ended = there.filter((one) => calendar === null || one.calendar === calendar);
    if (ended.length > 0) await this.#redis.hdel(closedKey, ...ended.map((one) => one.calendar));
    return ended;
  }

  /** What is closed at `now` (epoch ms), the first to end first. */
  async list(now: number): Promise<readonly Closure[]> {
    return closuresFrom(await this.#redis.hgetall(closedKey), now);
  }
}

/** What is none of ours, or over, is left out. */
export function closuresFrom(rows: Readonly<Record<string, unknown>>, now: number): readonly Closure[] {
  return Object.entries(rows)
    .flatMap(([calendar, value]) => closureFrom(calendar, value) ?? [])
    .filter(({ until }) => until > now)
    .sort((a, b) => a.until - b.until || (a.calendar < b.calendar ? -1 : 1));
}

function closureFrom(calendar: string, value: unknown): Closure | null {
  if (calendar !== everyCalendar && !/^[a-z][a-z0-9-]{0,47}$/.test(calendar)) return null;
  try {
    const { until, since, reason } = JSON.parse(String(value)) as Record<string, unknown>;
    if (typeof until !== 'number' || typeof since !== 'number') return null;
    return { calendar, until, since, reason: typeof reason === 'string' ? plainWhy(reason) : '' };
  } catch {
    return null;
  }
}
