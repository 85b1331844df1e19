import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import type { Message, Notice, NoticeKind, NoticePhase } from './notice.ts';

/** An observation of a condition. */
export interface Sighting {
  readonly kind: NoticeKind;
  readonly key: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** True: each sighting counts, and the condition ends after some time without one. False: it holds until `over`. */
  readonly counted: boolean;
  /** Told again when it is higher than what was sent, and not repeated otherwise. Left out: repeated while it continues. */
  readonly rank?: number;
}

export interface NoticeBoardOptions {
  readonly node: string;
  /** How often a notice about a continuing condition is repeated. */
  readonly repeatMs: number;
  readonly isQuiet: (at: number) => boolean;
}

interface Condition {
  sighting: Sighting;
  readonly since: number;
  lastAt: number;
  count: number;
  /** Null: not sent yet. */
  sentAt: number | null;
  /** Rank of what was sent. */
  sentRank: number;
  /** When it ended; null: it continues. */
  overAt: number | null;
}

/** Notices within it are one message. */
const groupMs = 30_000;
/** A condition that returns within it has not ended. */
const settleMs = 120_000;
/** A counted condition without sightings for so long has ended. */
const restMs = 900_000;
const hourMs = 3_600_000;
const maxMessagesAnHour = 12;
const maxConditions = 200;
const maxNoticesAMessage = 20;
const maxLeftOut = 1000;

/** Sent at any hour: calls are unscreened, or records in danger. */
const urgent: ReadonlySet<NoticeKind> = new Set(['bypass', 'policy-refused', 'backlog', 'disk', 'set-aside']);

/**
 * Decides when notices are sent: at once but grouped, again while a condition continues, and when it ends; in quiet hours only
 * urgent ones; never more than twelve messages an hour. It has no clock: call `due` every few seconds.
 */
export class NoticeBoard {
  readonly #options: NoticeBoardOptions;
  readonly #conditions = new Map<string, Condition>();
  readonly #messagesAt: number[] = [];
  #once: Notice[] = [];
  readonly #leftOut = new Set<string>();
  /** Since when something waits to be sent; null: nothing does. */
  #waitingSince: number | null = null;

  constructor(options: NoticeBoardOptions) {
    this.#options = options;
  }

  /** The condition holds now. */
  saw(sighting: Sighting, now: number): void {
    const known = this.#conditions.get(sighting.key);
    if (known !== undefined) {
      known.sighting = sighting;
      known.lastAt = now;
      known.count++;
      known.overAt = null;
    } else if (this.#conditions.size >= maxConditions) {
      if (this.#leftOut.size < maxLeftOut) this.#leftOut.add(sighting.key);
    } else {
      const condition = {
        sighting,
        since: now,
        lastAt: now,
        count: 1,
        sentAt: null,
        sentRank: 0,
        overAt: null,
      };
      this.#conditions.set(sighting.key, condition);
    }
  }

  /** The condition does not hold any more. */
  over(key: string, now: number): void {
    const condition = this.#conditions.get(key);
    if (condition !== undefined) condition.overAt ??= now;
  }

  /** A notice without duration: a digest. It waits for the end of quiet hours too. */
  addOnce(notice: Omit<Notice, 'phase' | 'count'>): void {
    this.#once.push({ ...notice, phase: 'once', count: null });
    if (this.#once.length > maxNoticesAMessage) this.#once.shift();
  }

  /** What is to be sent now, or null. */
  due(now: number): Message | null {
    for (const condition of this.#conditions.values())
      if (condition.sighting.counted && condition.overAt === null && now - condition.lastAt >= restMs)
        condition.overAt = now - settleMs;
    const quiet = this.#options.isQuiet(now);
    const toSend = [...this.#conditions.values()].flatMap((condition) => {
      const phase = quiet && !urgent.has(condition.sighting.kind) ? null : this.#phaseToSend(condition, now);
      return phase === null ? [] : [{ condition, phase }];
    });
    const once = quiet ? [] : this.#once;
    if (toSend.length + once.length === 0) {
      this.#waitingSince = null;
      return null;
    }
    this.#waitingSince ??= now;
    if (now - this.#waitingSince < groupMs || !this.#maySend(now)) return null;
    return this.#message(toSend.slice(0, maxNoticesAMessage), once, now);
  }

  #phaseToSend({ sighting, sentAt, sentRank, overAt }: Condition, now: number): NoticePhase | null {
    if (overAt !== null) {
      if (now - overAt < settleMs) return null;
      return sentAt === null ? 'once' : 'over';
    }
    if (sentAt === null || (sighting.rank ?? 0) > sentRank) return 'begun';
    if (sighting.rank !== undefined) return null;
    return now - sentAt >= this.#options.repeatMs ? 'going-on' : null;
  }

  #maySend(now: number): boolean {
    while (this.#messagesAt[0] !== undefined && now - this.#messagesAt[0] >= hourMs) this.#messagesAt.shift();
    return this.#messagesAt.length < maxMessagesAnHour;
  }

  #message(
    toSend: readonly { readonly condition: Condition; readonly phase: NoticePhase }[],
    once: readonly Notice[],
    now: number,
  ): Message {
    const notices = toSend.map(({ condition, phase }) => {
      const { sighting, since, count } = condition;
      condition.sentAt = now;
      condition.sentRank = sighting.rank ?? 0;
      if (phase === 'over' || phase === 'once') this.#conditions.delete(sighting.key);
      const { kind, key, title, lines, counted } = sighting;
      return { kind, key, phase, since, title, lines, count: counted ? count : null };
    });
    const leftOut = this.#leftOut.size;
    this.#leftOut.clear();
    if (once.length > 0) this.#once = [];
    this.#messagesAt.push(now);
    this.#waitingSince = null;
    return { id: randomUUID(), at: now, node: this.#options.node, notices: [...notices, ...once], leftOut };
  }
}

/** Minutes after midnight; from later than to: over midnight. `toMinute` itself is not quiet. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** @param at epoch ms  @param zone IANA name, or `local` */
export function isQuiet(at: number, hours: QuietHours | null, zone: string): boolean {
  if (hours === null) return false;
  const { hour, minute } = DateTime.fromMillis(at, { zone });
  const now = hour * 60 + minute;
  const { fromMinute, toMinute } = hours;
  return fromMinute < toMinute ? now >= fromMinute && now < toMinute : now >= fromMinute || now < toMinute;
}

/**
 * The next time at which a digest is due, after `at`: every day, or on Mondays, at that minute of the wall clock. A time
 * that a change of clocks skips comes when the clock has gone on.
 */
export function nextDigest(at: number, every: 'daily' | 'weekly', minute: number, zone: string): number {
  const start = DateTime.fromMillis(at, { zone }).startOf('day');
  for (let days = 0; days <= 8; days++) {
    const day = start.plus({ days });
    const due = day.set({ hour: Math.floor(minute / 60), minute: minute % 60 });
    if (due.toMillis() > at && (every === 'daily' || day.weekday === 1)) return due.toMillis();
  }
  throw new RangeError('no Monday within nine days');
}
