import { attackLevels } from '../call/vocabulary.ts';
import type { LevelsNow } from '../levels/level-state.ts';
import type { NoticeBoard, Sighting } from './notice-board.ts';
import { attackLevelText, callBackSurgeText } from './notice-texts.ts';

export interface LevelSource {
  /** From memory. */
  readonly levels: () => LevelsNow;
  /** Ids of the rules in force that ask for them. */
  readonly rules: () => readonly string[];
  /** Address of the report; null: not set. */
  readonly link: string | null;
}

interface Told extends Sighting {
  /** The same on every node. */
  readonly name: string;
}

/** Notices of attack levels and call-back surges: one a change up, and one when it is over; one node sends them. */
export class LevelNotices {
  readonly #source: LevelSource;
  readonly #claim: (name: string) => Promise<boolean>;
  readonly #zone: string;
  /** Name → whether it is ours; null: that is being asked. */
  readonly #asked = new Map<string, boolean | null>();
  #keys: readonly string[] = [];

  /** @param isOurs whether this node sends what is so called: others that see the same do not; never rejects */
  constructor(source: LevelSource, isOurs: (name: string) => Promise<boolean>, zone: string) {
    this.#source = source;
    this.#claim = isOurs;
    this.#zone = zone;
  }

  check(board: NoticeBoard, now: number): void {
    const found = this.#found();
    const names = new Set(found.map(({ name }) => name));
    for (const name of this.#asked.keys()) if (!names.has(name)) this.#asked.delete(name);
    const keys: string[] = [];
    for (const { name, ...sighting } of found) {
      if (!this.#isOurs(name)) continue;
      keys.push(sighting.key);
      board.saw(sighting, now);
    }
    for (const key of this.#keys) if (!keys.includes(key)) board.over(key, now);
    this.#keys = keys;
  }

  #found(): readonly Told[] {
    const { levels, rules, link } = this.#source;
    const { levels: above, surges } = levels();
    if (above.length + surges.length === 0) return [];
    const answer = { rules: rules(), link };
    const isWhole = above.some(({ scope }) => scope === 'board');
    // What is true of the whole switchboard is not said of each number as well.
    const told = above.filter(({ scope }) => !isWhole || !scope.startsWith('+'));
    return [
      ...told.map((one) => ({
        ...{ kind: 'attack-level' as const, key: `attack-level/${one.scope}`, counted: false },
        name: `attack-level:${one.scope}:${one.since}`,
        rank: attackLevels.all[one.level].rank,
        ...attackLevelText(one, answer, this.#zone),
      })),
      ...surges.map((one) => ({
        ...{ kind: 'call-back-surge' as const, key: `call-back-surge/${one.called}`, counted: false },
        name: `call-back-surge:${one.called}:${one.since}`,
        rank: 1,
        ...callBackSurgeText(one, answer, this.#zone),
      })),
    ];
  }

  #isOurs(name: string): boolean {
    const known = this.#asked.get(name);
    if (known === undefined) {
      this.#asked.set(name, null);
      void this.#claim(name).then((isOurs) => {
        if (this.#asked.has(name)) this.#asked.set(name, isOurs);
      });
    }
    return known === true;
  }
}
