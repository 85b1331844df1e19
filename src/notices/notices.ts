import type { Outcome } from '../screening/outcome.ts';
import type { Clock, ScreeningLog } from '../screening/ports.ts';
import { Delivery } from './delivery.ts';
import { type DigestSource, digestLines } from './digest.ts';
import { harmlessText, shownNumber } from './harmless-text.ts';
import type { Channel } from './notice.ts';
import { NoticeBoard } from './notice-board.ts';
import { isQuiet, nextDigest, type QuietHours } from './quiet-hours.ts';
import { SurgeCounter } from './surge-counter.ts';

export interface NoticesOptions {
  readonly node: string;
  readonly channels: readonly Channel[];
  /** IANA name, or `local`. */
  readonly timeZone: string;
  readonly quietHours: QuietHours | null;
  readonly digest: 'off' | 'daily' | 'weekly';
  readonly digestAtMinute: number;
  /** Calls within 10 minutes that are a surge; 0: never. */
  readonly surge: { readonly called: number; readonly board: number };
  /** Outcomes waiting for Redis that are too many. */
  readonly backlog: number;
  readonly repeatMs: number;
  readonly sources: NoticeSources;
  readonly clock: Clock;
  readonly log: ScreeningLog;
}

/** What is looked at every few seconds; from memory. */
export interface NoticeSources {
  /** Why the rule files are refused, a line each; null: they are not. */
  readonly policyRefused: () => readonly string[] | null;
  /** Outcomes that wait for Redis. */
  readonly backlog: () => number;
  readonly digest: DigestSource;
}

/** A campaign that was recognised; the part that recognises them says so. */
export interface CampaignSighting {
  readonly id: string;
  readonly about: string;
}

const lookMs = 5_000;
const backlogAgeMs = 600_000;
const dayMs = 86_400_000;
const boardKey = '(board)';

/** Tells people what they would want to be woken for, by mail and webhook. Calls never wait for it, and it never throws at them. */
export class Notices {
  readonly #options: NoticesOptions;
  readonly #board: NoticeBoard;
  readonly #deliveries: readonly Delivery[];
  readonly #surges = new SurgeCounter();
  /** By number, what each is called in notices: numbers are masked there, and two may then look alike. */
  readonly #surging = new Map<string, string>();
  #surgesSoFar = 0;
  #backlogSince: number | null = null;
  #digestAt: number | null = null;
  #cancel = () => {};

  constructor(options: NoticesOptions) {
    const { node, repeatMs, channels, clock, log } = options;
    this.#options = options;
    this.#board = new NoticeBoard({
      node,
      repeatMs,
      isQuiet: (at) => isQuiet(at, options.quietHours, options.timeZone),
    });
    this.#deliveries = channels.map((channel) => new Delivery(channel, clock, log));
  }

  start(): void {
    if (this.#deliveries.length === 0) return;
    const { digest, digestAtMinute, timeZone, clock } = this.#options;
    if (digest !== 'off') this.#digestAt = nextDigest(clock.now(), digest, digestAtMinute, timeZone);
    this.#lookLater();
  }

  close(): void {
    this.#cancel();
    for (const delivery of this.#deliveries) delivery.close();
  }

  /** A call's end. Cheap: counts. */
  saw({ facts, bypass }: Outcome): void {
    if (this.#deliveries.length === 0) return;
    const now = this.#options.clock.now();
    this.#surges.add(boardKey, facts.now);
    if (facts.called.number !== null) this.#surges.add(facts.called.number, facts.now);
    if (bypass === null) return;
    this.#board.saw(
      {
        kind: 'bypass',
        key: 'bypass',
        title: 'Calls went round the screener',
        lines: [`They reached the operators unscreened; the latest: ${bypass.reason}`],
        counted: true,
      },
      now,
    );
  }

  /** A call of a campaign. */
  sawCampaign({ id, about }: CampaignSighting): void {
    const lines = [harmlessText(about)];
    this.#board.saw(
      {
        kind: 'campaign',
        key: `campaign/${harmlessText(id)}`,
        title: 'A campaign calls',
        lines,
        counted: true,
      },
      this.#options.clock.now(),
    );
  }

  #lookLater(): void {
    this.#cancel = this.#options.clock.after(lookMs, () => {
      try {
        this.#look(this.#options.clock.now());
      } catch (error) {
        this.#options.log.error('Notices could not be looked after', { error });
      }
      this.#lookLater();
    });
  }

  #look(now: number): void {
    this.#lookAtPolicy(now);
    this.#lookAtBacklog(now);
    this.#lookAtSurges(now);
    this.#lookAtDigest(now);
    const message = this.#board.due(now);
    if (message !== null) for (const delivery of this.#deliveries) delivery.add(message);
  }

  #lookAtPolicy(now: number): void {
    const problems = this.#options.sources.policyRefused();
    if (problems === null) {
      this.#board.over('policy-refused', now);
      return;
    }
    const title = 'The rule files are refused; the last good policy is in force';
    const lines = problems.slice(0, 5).map(harmlessText);
    this.#board.saw({ kind: 'policy-refused', key: 'policy-refused', title, lines, counted: false }, now);
  }

  #lookAtBacklog(now: number): void {
    const waiting = this.#options.sources.backlog();
    this.#backlogSince = waiting === 0 ? null : (this.#backlogSince ?? now);
    const isOld = this.#backlogSince !== null && now - this.#backlogSince >= backlogAgeMs;
    if (waiting < this.#options.backlog && !isOld) {
      this.#board.over('backlog', now);
      return;
    }
    const lines = [`${waiting} outcomes wait; calls are screened and nothing is lost meanwhile`];
    const title = 'Outcomes do not reach Redis';
    this.#board.saw({ kind: 'backlog', key: 'backlog', title, lines, counted: false }, now);
  }

  #lookAtSurges(now: number): void {
    const { called, board } = this.#options.surge;
    const keys = new Set([...this.#surges.keys(now), ...this.#surging.keys()]);
    for (const key of keys) {
      const limit = key === boardKey ? board : called;
      const calls = this.#surges.count(key, now);
      const known = this.#surging.get(key);
      // Over at half of it, so that a count around the limit is one surge and not ten.
      if (limit === 0 || calls < (known === undefined ? limit : limit / 2)) {
        this.#surging.delete(key);
        if (known !== undefined) this.#board.over(known, now);
        continue;
      }
      const name = known ?? `surge/${++this.#surgesSoFar}`;
      this.#surging.set(key, name);
      const title = key === boardKey ? 'Many calls to the whole board' : `Many calls to ${shownNumber(key)}`;
      const lines = [`${calls} calls within 10 minutes`];
      this.#board.saw({ kind: 'surge', key: name, title, lines, counted: false }, now);
    }
  }

  #lookAtDigest(now: number): void {
    const { digest, digestAtMinute, timeZone, sources, node } = this.#options;
    if (digest === 'off' || this.#digestAt === null || now < this.#digestAt) return;
    const until = this.#digestAt;
    const since = until - (digest === 'daily' ? dayMs : 7 * dayMs);
    this.#digestAt = nextDigest(now, digest, digestAtMinute, timeZone);
    const title = digest === 'daily' ? 'The last day' : 'The last week';
    void digestLines(sources.digest, { since, until }, timeZone).then((lines) =>
      this.#board.tellOnce({ kind: 'digest', key: `digest/${node}`, since, title, lines }),
    );
  }
}
