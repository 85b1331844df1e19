import { readFileSync } from 'node:fs';
import type { SiteFacts } from '../call/facts.ts';
import {
  byHandKey,
  calmState,
  type KnownLevels as Known,
  type LevelByHand,
  type LevelState,
  type LevelsNow,
  levelFacts,
  levelsAt,
  readLevelState,
} from '../levels/level-state.ts';
import type { Log } from '../log/log.ts';
import { withDeadline } from '../process/deadline.ts';
import { RepeatedLook } from '../process/repeated-look.ts';
import { writeFileAtomically } from '../process/write-file-atomically.ts';
import type { RedisClient } from '../redis/redis-client.ts';
import { levelsByHandKey, levelsKey } from '../redis/redis-keys.ts';
import { levelsByHandFrom } from './levels-by-hand.ts';

/** How soon every node follows what was found or said on another. */
const readEveryMs = 2000;
const readWithinMs = 5000;
/** Levels are asked for at each call, and change seldom. */
const sameForMs = 500;

export interface KnownLevelsOptions {
  readonly redis: RedisClient;
  /** Where the last known levels are kept, for a start while Redis is away. */
  readonly file: string;
  /** Whether the called number (E.164) is on the list of this id. */
  readonly isOn: (list: string, called: string) => boolean;
  readonly log: Log;
}

/**
 * Attack levels and call-back surges: what the watching node found, and what staff set by hand. Redis has both for all nodes; each
 * keeps the last that it saw, on disk too. Everything has an end, so that no level outlives whoever could end it. No call
 * waits for it.
 */
export class KnownLevels {
  readonly #options: KnownLevelsOptions;
  #known: Known | null;
  #now: { readonly of: Known; readonly at: number; readonly levels: LevelsNow } | null = null;
  readonly #look = new RepeatedLook(readEveryMs, () => this.#read());
  #saving: Promise<void> = Promise.resolve();

  constructor(options: KnownLevelsOptions) {
    this.#options = options;
    this.#known = savedLevels(options.file);
  }

  start(): void {
    this.#look.start();
  }

  close(): void {
    this.#look.close();
  }

  /** What a call to this number (E.164; null: none) has of it at `now` (epoch ms); empty: not known yet. Never throws. */
  facts(now: number, called: string | null): Pick<SiteFacts, 'levels' | 'callBackSurge'> {
    if (this.#known === null) return {};
    return levelFacts(this.at(now), called, this.#options.isOn);
  }

  /** What is not calm at `now` (epoch ms). */
  at(now: number): LevelsNow {
    const known = this.#known ?? { state: calmState, byHand: [] };
    const last = this.#now;
    if (last !== null && last.of === known && now >= last.at && now - last.at < sameForMs) return last.levels;
    const levels = levelsAt(known, now);
    this.#now = { of: known, at: now, levels };
    return levels;
  }

  /** Looks into Redis; while it does not answer the last known levels stand until their end. Never rejects. */
  read(): Promise<void> {
    return this.#look.now();
  }

  async #read(): Promise<void> {
    const { redis, log } = this.#options;
    if (redis.status !== 'ready') return;
    try {
      const late = () => new Error('Redis is late');
      const asked = Promise.all([redis.get(levelsKey), redis.hgetall(levelsByHandKey)]);
      const [found, rows] = await withDeadline(() => asked, readWithinMs, late);
      this.#know({
        state: readLevelState(found) ?? calmState,
        byHand: levelsByHandFrom(rows, Date.now()),
      });
    } catch (error) {
      log.debug('The attack levels could not be read', { error: String(error) });
    }
  }

  #know(found: Known): void {
    const before = this.#known;
    this.#known = found;
    const was = before === null ? '' : kept(before);
    if (was === kept(found)) return;
    this.#tell(before?.byHand ?? [], found.byHand);
    const { file, log } = this.#options;
    this.#saving = this.#saving
      .then(() => writeFileAtomically(file, JSON.stringify(found)))
      .catch((error: unknown) => log.error('The attack levels could not be saved', { error: String(error) }));
  }

  #tell(before: readonly LevelByHand[], after: readonly LevelByHand[]): void {
    const { log } = this.#options;
    const has = (all: readonly LevelByHand[], one: LevelByHand) =>
      all.some((other) => JSON.stringify(other) === JSON.stringify(one));
    for (const one of after)
      if (!has(before, one))
        log.warn('An attack level was set by hand', { ...one, until: new Date(one.until).toISOString() });
    for (const one of before)
      if (!has(after, one) && !after.some(({ scope, say }) => scope === one.scope && say === one.say))
        log.warn('An attack level is no longer set by hand', { scope: one.scope, say: one.say });
  }
}

/** The same as long as nothing changed that is worth a write: ends and counts move every second. */
function kept({ state, byHand }: Known): string {
  const minute = Math.floor(state.at / 60_000);
  const above = state.levels.map(({ scope, level }) => [scope, level]);
  const surges = state.surges.map(({ called }) => called);
  return JSON.stringify([above.length + surges.length === 0 ? 0 : minute, above, surges, byHand]);
}

function savedLevels(file: string): Known | null {
  try {
    const { state, byHand } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const rows = Array.isArray(byHand) ? (byHand as readonly LevelByHand[]) : [];
    const written = rows.map((one) => [byHandKey(one), JSON.stringify(one)] as const);
    const found: LevelState | null = readLevelState(JSON.stringify(state));
    return { state: found ?? calmState, byHand: levelsByHandFrom(Object.fromEntries(written), 0) };
  } catch {
    return null;
  }
}
