import { attackLevels } from '../call/vocabulary.ts';
import {
  byHandKey,
  calmState,
  isLevelScope,
  type LevelByHand,
  type LevelScope,
  type LevelsNow,
  levelsAt,
  readLevelState,
} from '../levels/level-state.ts';
import type { RedisClient } from '../redis/redis-client.ts';
import { levelsByHandKey, levelsKey } from '../redis/redis-keys.ts';
import { plainWhy } from './redis-expected-calls.ts';

/** More are a mistake: there are a few departments, and a number or two that was forged. */
const mostByHand = 200;

/** `too-many-levels`: end some first. */
export class LevelsError extends Error {
  readonly code = 'too-many-levels';
}

/** Levels that staff set by hand, for every node. Every method rejects when Redis does. */
export class RedisLevelsByHand {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** The same scope again replaces what was said of it. `now` in epoch ms. */
  async set(said: LevelByHand, now: number): Promise<void> {
    const { scope, ...others } = said;
    const args = [
      byHandKey(said),
      JSON.stringify(others),
      String(now),
      String(mostByHand),
      String(said.until),
    ];
    if ((await this.#redis.expectCall(levelsByHandKey, ...args)) !== 1)
      throw new LevelsError(`${mostByHand} levels are set by hand already`);
  }

  /** What was ended. @param scope null: everything that is set by hand */
  async end(scope: LevelScope | null, now: number): Promise<readonly LevelByHand[]> {
    const ended = (await this.list(now)).filter((one) => scope === null || one.scope === scope);
    if (ended.length > 0) await this.#redis.hdel(levelsByHandKey, ...ended.map(byHandKey));
    return ended;
  }

  /** Whether it was set. */
  async endOne(one: Pick<LevelByHand, 'scope' | 'say'>): Promise<boolean> {
    return (await this.#redis.hdel(levelsByHandKey, byHandKey(one))) === 1;
  }

  /** What is set at `now` (epoch ms), the first to end first. */
  async list(now: number): Promise<readonly LevelByHand[]> {
    return levelsByHandFrom(await this.#redis.hgetall(levelsByHandKey), now);
  }
}

/** What is none of ours, or over, is left out. */
export function levelsByHandFrom(
  rows: Readonly<Record<string, unknown>>,
  now: number,
): readonly LevelByHand[] {
  return Object.entries(rows)
    .flatMap(([field, value]) => byHandFrom(field, value) ?? [])
    .filter(({ until }) => until > now)
    .sort((a, b) => a.until - b.until || (a.scope < b.scope ? -1 : 1));
}

function byHandFrom(field: string, value: unknown): LevelByHand | null {
  const [what, scope = ''] = field.split(' ');
  if (!isLevelScope(scope)) return null;
  try {
    const { say, since, until, by, reason } = JSON.parse(String(value)) as Record<string, unknown>;
    if (typeof since !== 'number' || typeof until !== 'number') return null;
    const isSurge = say === 'call-back-surge' || say === 'no-call-back-surge';
    if (what === 'surge' ? !isSurge : !attackLevels.has(say)) return null;
    const text = (one: unknown) => (typeof one === 'string' ? plainWhy(one) : '');
    return { scope, say: say as LevelByHand['say'], since, until, by: text(by), reason: text(reason) };
  } catch {
    return null;
  }
}

/** What holds now; rejects when Redis does. @param now epoch ms */
export async function levelsIn(redis: RedisClient, now: number): Promise<LevelsNow> {
  const [found, byHand] = await Promise.all([redis.get(levelsKey), new RedisLevelsByHand(redis).list(now)]);
  return levelsAt({ state: readLevelState(found) ?? calmState, byHand }, now);
}
