import type { Outcome } from '../call/outcome.ts';
import { type BypassReason, bypassReasons } from '../call/vocabulary.ts';
import { eventOf, type SiteEvent } from './site-event.ts';

/** Calls further apart are two episodes. */
const restMs = 900_000;
/** One that goes on is written again so often, with its calls. */
const againMs = 60_000;

interface Episode {
  readonly from: number;
  lastAt: number;
  calls: number;
  /** When a call of it was seen last; notes of the dialplan come late. */
  seenAt: number;
  toldAt: number;
}

/** Calls that reached the operators without screening, as episodes: one a reason, while they come. Epoch ms. */
export class BypassEpisodes {
  readonly #node: string;
  readonly #episodes = new Map<BypassReason, Episode>();
  #ended: SiteEvent[] = [];

  constructor(node: string) {
    this.#node = node;
  }

  see({ bypass, facts: { now: at } }: Pick<Outcome, 'bypass' | 'facts'>, now: number): void {
    const reason = bypass?.reason;
    if (reason === undefined || !bypassReasons.has(reason) || !bypassReasons.all[reason].isFault) return;
    const known = this.#episodes.get(reason);
    if (known !== undefined && at - known.lastAt < restMs) {
      known.calls++;
      known.lastAt = Math.max(known.lastAt, at);
      known.seenAt = now;
      return;
    }
    if (known !== undefined) this.#ended.push(this.#event(reason, known, true));
    const never = Number.NEGATIVE_INFINITY;
    this.#episodes.set(reason, { from: at, lastAt: at, calls: 1, seenAt: now, toldAt: never });
  }

  /** What is to be written at `now`; call it every few seconds. */
  due(now: number): SiteEvent[] {
    const ended = this.#ended;
    this.#ended = [];
    const all = [...this.#episodes].flatMap(([reason, one]) => {
      const isOver = now - one.lastAt >= restMs && now - one.seenAt >= againMs;
      if (isOver) this.#episodes.delete(reason);
      if (!isOver && now - one.toldAt < againMs) return [];
      one.toldAt = now;
      return [this.#event(reason, one, isOver)];
    });
    return [...ended, ...all];
  }

  /** All of them, as over: this process ends. */
  end(): SiteEvent[] {
    const all = [...this.#episodes].map(([reason, one]) => this.#event(reason, one, true));
    this.#episodes.clear();
    return [...this.#ended, ...all];
  }

  #event(reason: BypassReason, { from, lastAt, calls }: Episode, isOver: boolean): SiteEvent {
    return eventOf({
      ...{ id: `bypass:${this.#node}:${reason}:${from}`, kind: 'bypass', node: this.#node },
      ...{ at: from, until: isOver ? lastAt + 1000 : null, calls: { bypass: reason } },
      title: `Bypassed screening: ${bypassReasons.label(reason)}`,
      detail: `${calls} ${calls === 1 ? 'call' : 'calls'} reached the operators unscreened.`,
    });
  }
}
