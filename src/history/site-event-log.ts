import { readFileSync } from 'node:fs';
import type { Log } from '../log/log.ts';
import { withDeadline } from '../process/deadline.ts';
import { RepeatedLook } from '../process/repeated-look.ts';
import { writeFileAtomically } from '../process/write-file-atomically.ts';
import { type RedisClient, type RedisCommand, runAllOrFail } from '../redis/redis-client.ts';
import { siteEventsKey } from '../redis/redis-keys.ts';
import { eventsIn, isNews, readEvent, type SiteEvent } from '../site-events/site-event.ts';

/** How soon every node follows what was noted on another. */
const readEveryMs = 2000;
const answerWithinMs = 5000;
const readAtOnce = 200;
/** An event is written when it begins and when it ends. */
const maxEntries = 10_000;
const maxEvents = 5000;
/** In the file: enough for a page while Redis is away. */
const mostInFile = 300;
const mostWaiting = 300;

export interface SiteEventLogOptions {
  readonly redis: RedisClient;
  /** What waits for Redis, and the latest of what is known. */
  readonly file: string;
  /** How long events are kept. */
  readonly keptMs: number;
  readonly log: Log;
}

/**
 * The events of all nodes: a capped stream in Redis, followed by each. What is noted while Redis is away waits in a file, so that an outage
 * of Redis is an event too. Reading is from memory. No method throws.
 */
export class SiteEventLog {
  readonly #options: SiteEventLogOptions;
  readonly #known = new Map<string, SiteEvent>();
  /** Ids of what Redis does not have yet. */
  readonly #waiting = new Set<string>();
  readonly #look = new RepeatedLook(readEveryMs, () => this.#exchange());
  /** The last entry that was read. */
  #place = '0-0';
  #hasRead = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: SiteEventLogOptions) {
    this.#options = options;
    const { events, waiting } = saved(options.file);
    for (const one of events) this.#known.set(one.id, one);
    for (const id of waiting) if (this.#known.has(id)) this.#waiting.add(id);
  }

  start(): void {
    this.#look.start();
  }

  /** Sends what waits, within some seconds; what Redis does not take is in the file. */
  async close(): Promise<void> {
    this.#look.close();
    await this.#look.now();
    if (this.#waiting.size > 0) await this.#look.now();
    await this.#saving;
  }

  /** True once what other nodes noted is known. */
  get hasRead(): boolean {
    return this.#hasRead;
  }

  get(id: string): SiteEvent | undefined {
    return this.#known.get(id);
  }

  all(): readonly SiteEvent[] {
    return [...this.#known.values()];
  }

  note(event: SiteEvent): void {
    if (!isNews(event, this.#known.get(event.id))) return;
    this.#know(event);
    this.#waiting.add(event.id);
    if (this.#waiting.size > mostWaiting) this.#waiting.delete(this.#waiting.values().next().value ?? '');
    this.#save();
    void this.#look.now();
  }

  /** Sends and reads now. Never rejects. */
  exchange(): Promise<void> {
    return this.#look.now();
  }

  async #exchange(): Promise<void> {
    const { redis, log } = this.#options;
    if (redis.status !== 'ready') return;
    try {
      const late = () => new Error('Redis is late');
      await withDeadline(() => this.#send(), answerWithinMs, late);
      await withDeadline(() => this.#read(), answerWithinMs, late);
    } catch (error) {
      log.debug('The events could not be exchanged with Redis', { error: String(error) });
    }
  }

  async #send(): Promise<void> {
    const { redis, keptMs } = this.#options;
    const events = [...this.#waiting].flatMap((id) => this.#known.get(id) ?? []);
    if (events.length === 0) return;
    const oldest = String(Math.max(0, Date.now() - keptMs));
    await runAllOrFail(redis, [
      ...events.map(
        (event): RedisCommand =>
          (to) =>
            to.xadd(siteEventsKey, 'MAXLEN', '~', maxEntries, '*', 'event', JSON.stringify(event)),
      ),
      (to) => to.xtrim(siteEventsKey, 'MINID', '~', oldest),
      (to) => to.pexpire(siteEventsKey, keptMs),
    ]);
    // What was noted meanwhile still waits.
    for (const event of events) if (this.#known.get(event.id) === event) this.#waiting.delete(event.id);
    this.#save();
  }

  async #read(): Promise<void> {
    const { redis } = this.#options;
    for (;;) {
      const entries = await redis.xrange(siteEventsKey, `(${this.#place}`, '+', 'COUNT', readAtOnce);
      let hasNews = false;
      for (const [place, [, text]] of entries) {
        this.#place = place;
        const event = readEvent(text);
        if (event === null || !isNews(event, this.#known.get(event.id))) continue;
        hasNews = true;
        // What waits here is later than what Redis has.
        if (!this.#waiting.has(event.id)) this.#know(event);
      }
      if (hasNews) this.#save();
      if (entries.length < readAtOnce) break;
    }
    this.#hasRead = true;
  }

  #know(event: SiteEvent): void {
    this.#known.set(event.id, event);
    if (this.#known.size <= maxEvents) return;
    const oldest = [...this.#known.values()].sort((a, b) => a.at - b.at).slice(0, maxEvents / 10);
    for (const { id } of oldest) this.#known.delete(id);
  }

  #save(): void {
    const { file, log } = this.#options;
    this.#saving = this.#saving
      .then(() => writeFileAtomically(file, this.#text()))
      .catch((error: unknown) => log.warn('The events could not be saved', { error: String(error) }));
  }

  #text(): string {
    const latest = eventsIn(
      this.#known.values(),
      { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY },
      0,
    );
    const events = latest.filter(({ id }, at) => at < mostInFile || this.#waiting.has(id));
    return JSON.stringify({ events, waiting: [...this.#waiting] });
  }
}

function saved(file: string): { readonly events: SiteEvent[]; readonly waiting: string[] } {
  try {
    const { events, waiting } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return {
      events: (Array.isArray(events) ? events : []).flatMap((one) => readEvent(JSON.stringify(one)) ?? []),
      waiting: (Array.isArray(waiting) ? waiting : []).filter((id) => typeof id === 'string'),
    };
  } catch {
    return { events: [], waiting: [] };
  }
}
