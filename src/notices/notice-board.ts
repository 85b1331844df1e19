import { randomUUID } from 'node:crypto';
import type { Message, Notice, NoticeKind, NoticePhase } from './notice.ts';

/** What was seen of a matter. */
export interface Sighting {
  readonly kind: NoticeKind;
  readonly key: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** True: every sighting counts, and the matter is over when there was none for a while. False: it is so until `over`. */
  readonly counted: boolean;
}

export interface NoticeBoardOptions {
  readonly node: string;
  /** How often a matter that goes on is told again, ms. */
  readonly repeatMs: number;
  readonly isQuiet: (at: number) => boolean;
}

interface Matter {
  sighting: Sighting;
  readonly since: number;
  lastAt: number;
  count: number;
  /** Null: nobody was told yet. */
  toldAt: number | null;
  /** When it ended; null: it goes on. */
  overAt: number | null;
}

/** What comes up within it is one message. */
const groupMs = 30_000;
/** What comes back within it was never over. */
const settleMs = 120_000;
/** A counted matter without sightings for so long is over. */
const restMs = 900_000;
const hourMs = 3_600_000;
const mostMessagesAnHour = 12;
const mostMatters = 200;
const mostNoticesAMessage = 20;
const mostLeftOut = 1000;

/** Told at any hour: calls are unscreened, or records in danger. */
const urgent: ReadonlySet<NoticeKind> = new Set(['bypass', 'policy-refused', 'backlog']);

/**
 * Decides when people are told: at once but grouped, again while it goes on, once when it is over, at night only what is
 * urgent, and never more than twelve messages an hour. No clock of its own: `due` is asked.
 */
export class NoticeBoard {
  readonly #options: NoticeBoardOptions;
  readonly #matters = new Map<string, Matter>();
  readonly #sentAt: number[] = [];
  #once: Notice[] = [];
  readonly #leftOut = new Set<string>();
  /** Since when something waits to be told; null: nothing does. */
  #waitingSince: number | null = null;

  constructor(options: NoticeBoardOptions) {
    this.#options = options;
  }

  /** It is so, now. */
  saw(sighting: Sighting, now: number): void {
    const known = this.#matters.get(sighting.key);
    if (known !== undefined) {
      known.sighting = sighting;
      known.lastAt = now;
      known.count++;
      known.overAt = null;
    } else if (this.#matters.size >= mostMatters) {
      if (this.#leftOut.size < mostLeftOut) this.#leftOut.add(sighting.key);
    } else {
      const matter = { sighting, since: now, lastAt: now, count: 1, toldAt: null, overAt: null };
      this.#matters.set(sighting.key, matter);
    }
  }

  /** It is so no more. */
  over(key: string, now: number): void {
    const matter = this.#matters.get(key);
    if (matter !== undefined) matter.overAt ??= now;
  }

  /** Something without an end: a digest. Waits for the end of quiet hours too. */
  tellOnce(notice: Omit<Notice, 'phase' | 'count'>): void {
    this.#once.push({ ...notice, phase: 'once', count: null });
    if (this.#once.length > mostNoticesAMessage) this.#once.shift();
  }

  /** What is to be sent now, or null. Asked every few seconds. */
  due(now: number): Message | null {
    for (const matter of this.#matters.values())
      if (matter.sighting.counted && matter.overAt === null && now - matter.lastAt >= restMs)
        matter.overAt = now - settleMs;
    const quiet = this.#options.isQuiet(now);
    const told = [...this.#matters.values()].flatMap((matter) => {
      const phase = quiet && !urgent.has(matter.sighting.kind) ? null : this.#phaseToTell(matter, now);
      return phase === null ? [] : [{ matter, phase }];
    });
    const once = quiet ? [] : this.#once;
    if (told.length + once.length === 0) {
      this.#waitingSince = null;
      return null;
    }
    this.#waitingSince ??= now;
    if (now - this.#waitingSince < groupMs || !this.#mayTell(now)) return null;
    return this.#message(told.slice(0, mostNoticesAMessage), once, now);
  }

  #phaseToTell({ toldAt, overAt }: Matter, now: number): NoticePhase | null {
    if (overAt !== null) {
      if (now - overAt < settleMs) return null;
      return toldAt === null ? 'once' : 'over';
    }
    if (toldAt === null) return 'begun';
    return now - toldAt >= this.#options.repeatMs ? 'going-on' : null;
  }

  #mayTell(now: number): boolean {
    while (this.#sentAt[0] !== undefined && now - this.#sentAt[0] >= hourMs) this.#sentAt.shift();
    return this.#sentAt.length < mostMessagesAnHour;
  }

  #message(
    told: readonly { readonly matter: Matter; readonly phase: NoticePhase }[],
    once: readonly Notice[],
    now: number,
  ): Message {
    const notices = told.map(({ matter, phase }) => {
      const { sighting, since, count } = matter;
      matter.toldAt = now;
      if (phase === 'over' || phase === 'once') this.#matters.delete(sighting.key);
      const { kind, key, title, lines, counted } = sighting;
      return { kind, key, phase, since, title, lines, count: counted ? count : null };
    });
    const leftOut = this.#leftOut.size;
    this.#leftOut.clear();
    if (once.length > 0) this.#once = [];
    this.#sentAt.push(now);
    this.#waitingSince = null;
    return { id: randomUUID(), at: now, node: this.#options.node, notices: [...notices, ...once], leftOut };
  }
}
