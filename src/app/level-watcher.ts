import type { AfterExit, Outcome } from '../call/outcome.ts';
import { AttackLevels, type AttackLevelsOptions } from '../levels/attack-levels.ts';
import { readLevelState } from '../levels/level-state.ts';
import { readUsual } from '../levels/usual-calls.ts';
import type { RedisClient } from '../redis/redis-client.ts';
import { levelsKey, usualCallsKey } from '../redis/redis-keys.ts';
import type { Watcher } from './site-watch/site-watch.ts';

const usualKeptMs = 90 * 86_400_000;

/** Attack levels of all nodes: what there is is written each second, with an end. */
export class LevelWatcher implements Watcher {
  readonly levels: AttackLevels;
  #written = '';

  constructor(options: AttackLevelsOptions) {
    this.levels = new AttackLevels(options);
  }

  async resume(redis: RedisClient, now: number): Promise<void> {
    const [state, usual] = await Promise.all([redis.get(levelsKey), redis.get(usualCallsKey)]);
    const learnt = readUsual(usual);
    if (learnt !== null) this.levels.restore(learnt);
    const found = readLevelState(state);
    if (found !== null)
      this.levels.resume({
        ...found,
        levels: found.levels.filter(({ until }) => until > now),
        surges: found.surges.filter(({ until }) => until > now),
      });
  }

  see(outcome: Outcome): void {
    this.levels.see(outcome);
  }

  seeLater(callId: string, afterExit: AfterExit): void {
    this.levels.seeLater(callId, afterExit);
  }

  async write(redis: RedisClient, now: number): Promise<void> {
    const state = this.levels.tick(now);
    const isCalm = state.levels.length + state.surges.length === 0;
    const text = isCalm ? '' : JSON.stringify(state);
    if (isCalm && this.#written !== '') await redis.del(levelsKey);
    const ends = [...state.levels, ...state.surges].map(({ until }) => until);
    if (!isCalm) await redis.set(levelsKey, text, 'PXAT', Math.max(...ends));
    this.#written = text;
    const learnt = this.levels.learnt();
    if (learnt !== null) await redis.set(usualCallsKey, JSON.stringify(learnt), 'PX', usualKeptMs);
  }
}
