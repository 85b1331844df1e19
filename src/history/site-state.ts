import { readFileSync } from 'node:fs';
import type { CallFacts } from '../call/facts.ts';
import type { Log } from '../log/log.ts';
import { withDeadline } from '../process/deadline.ts';
import { RepeatedLook } from '../process/repeated-look.ts';
import { writeFileAtomically } from '../process/write-file-atomically.ts';
import type { RedisClient } from '../redis/redis-client.ts';
import { closedKey, emergencyKey } from '../redis/redis-keys.ts';
import { type Closure, closuresFrom } from './closures.ts';

/** How soon every node follows what was said on another. */
const readEveryMs = 2000;
const readWithinMs = 5000;
/** How long it is remembered that an emergency number was dialed. */
export const emergencyRememberedMs = 86_400_000;

export interface SiteStateOptions {
  readonly redis: RedisClient;
  /** Where the last known state is kept, for a start while Redis is away. */
  readonly file: string;
  readonly log: Log;
}

interface Known {
  readonly closures: readonly Closure[];
  /** Epoch ms; null: not known of any. */
  readonly emergencyDialedAt: number | null;
}

/**
 * What is true of the whole site: calendars closed by hand, and when an emergency number was dialed. Redis has it for all nodes;
 * each node keeps the last that it saw, on disk too. No call waits for it.
 */
export class SiteState {
  readonly #options: SiteStateOptions;
  #known: Known | null;
  readonly #look = new RepeatedLook(readEveryMs, () => this.#read());
  #saving: Promise<void> = Promise.resolve();
  #made: { readonly of: Known; readonly until: number; readonly facts: Pick<CallFacts, 'site'> } | null =
    null;

  constructor(options: SiteStateOptions) {
    this.#options = options;
    this.#known = savedState(options.file);
  }

  start(): void {
    this.#look.start();
  }

  close(): void {
    this.#look.close();
  }

  /** At `now` (epoch ms); empty when neither Redis nor the disk said anything yet. Never throws. */
  facts(now: number): Pick<CallFacts, 'site'> {
    const known = this.#known;
    if (known === null) return {};
    // Calls share one object until something changes or ends.
    if (this.#made?.of !== known || now >= this.#made.until) {
      const closures = this.closures(now);
      const dialedAt = known.emergencyDialedAt;
      const site = {
        ...(closures.length > 0 && { closed: closures.map(({ calendar }) => calendar) }),
        ...(dialedAt !== null && now - dialedAt < emergencyRememberedMs && { emergencyDialedAt: dialedAt }),
      };
      this.#made = { of: known, until: closures[0]?.until ?? Number.POSITIVE_INFINITY, facts: { site } };
    }
    return this.#made.facts;
  }

  /** What is closed at `now` (epoch ms), the first to end first. */
  closures(now: number): readonly Closure[] {
    return (this.#known?.closures ?? []).filter(({ until }) => until > now);
  }

  /** Counts for calls to this node at once. False: the other nodes are to be told again. Never rejects. */
  async emergencyDialed(at: number): Promise<boolean> {
    const { closures = [], emergencyDialedAt = null } = this.#known ?? {};
    if (emergencyDialedAt === null || at > emergencyDialedAt) {
      this.#options.log.warn('An emergency number was dialed', { at: new Date(at).toISOString() });
      this.#know({ closures, emergencyDialedAt: at });
    }
    const { redis } = this.#options;
    if (redis.status !== 'ready') return false;
    try {
      await redis.extendUntil(emergencyKey, String(at + emergencyRememberedMs));
      return true;
    } catch {
      return false;
    }
  }

  /** Looks into Redis; while it does not answer the last known state stands. Never rejects. */
  read(): Promise<void> {
    return this.#look.now();
  }

  async #read(): Promise<void> {
    const { redis, log } = this.#options;
    if (redis.status !== 'ready') return;
    try {
      const late = () => new Error('Redis is late');
      const asked = Promise.all([redis.hgetall(closedKey), redis.get(emergencyKey)]);
      const [rows, until] = await withDeadline(() => asked, readWithinMs, late);
      const now = Date.now();
      const dialedAt = Number(until) > 0 ? Number(until) - emergencyRememberedMs : null;
      const own = this.#known?.emergencyDialedAt ?? null;
      const latest = Math.max(dialedAt ?? 0, own ?? 0);
      const isLate = latest === 0 || latest < now - emergencyRememberedMs;
      this.#know({ closures: closuresFrom(rows, now), emergencyDialedAt: isLate ? null : latest });
      // A server that took over may lack what this node knows.
      if (!isLate && latest > (dialedAt ?? 0))
        await redis.extendUntil(emergencyKey, String(latest + emergencyRememberedMs));
    } catch (error) {
      log.debug('The state of the site could not be read', { error: String(error) });
    }
  }

  #know(found: Known): void {
    const before = this.#known;
    if (before !== null && JSON.stringify(before) === JSON.stringify(found)) return;
    this.#known = found;
    this.#tell(before?.closures ?? [], found.closures);
    const { file, log } = this.#options;
    this.#saving = this.#saving
      .then(() => writeFileAtomically(file, JSON.stringify(found)))
      .catch((error: unknown) =>
        log.error('The state of the site could not be saved', { error: String(error) }),
      );
  }

  #tell(before: readonly Closure[], after: readonly Closure[]): void {
    const { log } = this.#options;
    const has = (all: readonly Closure[], one: Closure) =>
      all.some(({ calendar, until }) => calendar === one.calendar && until === one.until);
    for (const one of after)
      if (!has(before, one)) log.warn('Closed by hand', { ...one, until: new Date(one.until).toISOString() });
    for (const { calendar } of before)
      if (!after.some((one) => one.calendar === calendar)) log.warn('Open again', { calendar });
  }
}

function savedState(file: string): Known | null {
  try {
    const { closures, emergencyDialedAt } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const rows = Array.isArray(closures) ? (closures as readonly Partial<Closure>[]) : [];
    const written = rows.map(({ calendar, ...said }) => [String(calendar), JSON.stringify(said)] as const);
    return {
      closures: closuresFrom(Object.fromEntries(written), 0),
      emergencyDialedAt: typeof emergencyDialedAt === 'number' ? emergencyDialedAt : null,
    };
  } catch {
    return null;
  }
}
