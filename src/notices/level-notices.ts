import { attackLevels } from '../call/vocabulary.ts';
import type { LevelsNow } from '../levels/level-state.ts';
import { ClaimedNotices, type ClaimedSighting } from './claimed-notices.ts';
import type { NoticeBoard } from './notice-board.ts';
import { attackLevelText, callBackSurgeText } from './notice-texts.ts';

export interface LevelSource {
  /** From memory. */
  readonly levels: () => LevelsNow;
  /** Ids of the rules in force that ask for them. */
  readonly rules: () => readonly string[];
  /** Address of the report; null: not set. */
  readonly link: string | null;
}

/** Notices of attack levels and call-back surges: one a change up, and one when it is over; one node sends them. */
export class LevelNotices {
  readonly #source: LevelSource;
  readonly #notices: ClaimedNotices;
  readonly #zone: string;
  /** @param isOurs whether this node sends what is so called: others that see the same do not; never rejects */
  constructor(source: LevelSource, isOurs: (name: string) => Promise<boolean>, zone: string) {
    this.#source = source;
    this.#notices = new ClaimedNotices(isOurs);
    this.#zone = zone;
  }

  check(board: NoticeBoard, now: number): void {
    this.#notices.check(this.#found(), board, now);
  }

  #found(): readonly ClaimedSighting[] {
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
}
