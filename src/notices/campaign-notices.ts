import { DateTime } from 'luxon';
import type { Campaign } from '../campaigns/campaign.ts';
import { ClaimedNotices, type ClaimedSighting } from './claimed-notices.ts';
import type { NoticeBoard } from './notice-board.ts';
import { campaignText } from './notice-texts.ts';

export interface CampaignSource {
  /** From memory: all that are remembered. */
  readonly campaigns: () => readonly Campaign[];
  /** Ids of the rules in force that ask for them. */
  readonly rules: () => readonly string[];
  /** Address of the report; null: not set. */
  readonly link: string | null;
}

/** One that comes and goes through the day is told once. */
const toldForMs = 86_400_000;

interface Told {
  readonly at: number;
  /** It was over since. */
  isOver: boolean;
}

/** Notices of campaigns: one when it begins, and one with its totals when it is over; one node sends them. */
export class CampaignNotices {
  readonly #source: CampaignSource;
  readonly #notices: ClaimedNotices;
  readonly #zone: string;
  readonly #told = new Map<string, Told>();

  constructor(source: CampaignSource, isOurs: (name: string) => Promise<boolean>, zone: string) {
    this.#source = source;
    this.#notices = new ClaimedNotices(isOurs);
    this.#zone = zone;
  }

  check(board: NoticeBoard, now: number): void {
    this.#notices.check(this.#found(now), board, now);
  }

  #found(now: number): readonly ClaimedSighting[] {
    const { campaigns, rules, link } = this.#source;
    const active = campaigns().filter(({ state }) => state === 'active');
    const ids = new Set(active.map(({ id }) => id));
    for (const [id, told] of this.#told) {
      if (!ids.has(id)) told.isOver = true;
      if (told.isOver && now - told.at > toldForMs) this.#told.delete(id);
    }
    return active.flatMap((one): ClaimedSighting[] => {
      const told = this.#told.get(one.id) ?? { at: now, isOver: false };
      this.#told.set(one.id, told);
      if (told.isOver) return [];
      const time = (at: number) => DateTime.fromMillis(at, { zone: this.#zone }).toFormat('yyyy-MM-dd HH:mm');
      const answer = { rules: rules(), link: link && `${link}/campaigns/${one.id}` };
      return [
        {
          ...{ kind: 'campaign', key: `campaign/${one.id}`, counted: false, rank: 0 },
          name: `campaign:${one.id}:${Math.floor(told.at / toldForMs)}`,
          ...campaignText(one, answer, time),
        },
      ];
    });
  }
}
