import type { NoticeBoard, Sighting } from './notice-board.ts';

export interface ClaimedSighting extends Sighting {
  /** The same on every node. */
  readonly name: string;
}

/** Notices of what is true of the whole site, which every node sees and one sends. */
export class ClaimedNotices {
  readonly #claim: (name: string) => Promise<boolean>;
  /** Name → whether it is ours; null: that is being asked. */
  readonly #asked = new Map<string, boolean | null>();
  #keys: readonly string[] = [];

  /** @param isOurs whether this node sends what is so called: others that see the same do not; never rejects */
  constructor(isOurs: (name: string) => Promise<boolean>) {
    this.#claim = isOurs;
  }

  /** @param found all that is so now: what was before and is not in it is over */
  check(found: readonly ClaimedSighting[], board: NoticeBoard, now: number): void {
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
