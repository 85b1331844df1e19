import { hash } from 'node:crypto';
import type { Outcome } from '../call/outcome.ts';
import { bypassReasons } from '../call/vocabulary.ts';
import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import { CampaignNotices, type CampaignSource } from './campaign-notices.ts';
import { type ChannelTrouble, Delivery } from './delivery.ts';
import { type DigestRange, type DigestSource, digestCounts } from './digest.ts';
import type { KeylessTrunk } from './keyless-trunks.ts';
import { LevelNotices, type LevelSource } from './level-notices.ts';
import { MonthlyNotice, type MonthSource } from './monthly.ts';
import type { Channel, NoticeKind } from './notice.ts';
import { isQuiet, NoticeBoard, nextDigest, type QuietHours } from './notice-board.ts';
import {
  backlogText,
  bypassText,
  canaryText,
  digestText,
  diskText,
  feedQuarantinedText,
  type NoticeWording,
  noKeysText,
  policyRefusedText,
  setAsideText,
  surgeText,
} from './notice-texts.ts';
import { SurgeCounter } from './surge-counter.ts';

export interface NoticesOptions {
  readonly node: string;
  readonly channels: readonly Channel[];
  /** GATEHOUSE_DATA: messages that wait are kept there; left out: in memory only. */
  readonly dir?: string;
  /** IANA name, `local`, or `default`. */
  readonly timeZone: string;
  readonly quietHours: QuietHours | null;
  readonly digest: 'off' | 'daily' | 'weekly';
  readonly digestAtMinute: number;
  /** Whether the page of the month is sent on the first, at `digestAtMinute`. Left out: no. */
  readonly monthly?: boolean;
  /** Calls within 10 minutes that count as a surge; 0: never. */
  readonly surge: { readonly called: number; readonly board: number };
  /** Outcomes waiting for Redis that trigger a notice. */
  readonly backlog: number;
  readonly repeatMs: number;
  readonly sources: NoticeSources;
  readonly clock: Clock;
  readonly log: Log;
}

interface OutboxFigures {
  readonly failing: { readonly error: string } | null;
  readonly inMemory: number;
  readonly inSecondPlace: number;
  readonly setAside: number;
}

/** What is checked every few seconds; from memory. */
export interface NoticeSources {
  /** Why the rule files are refused, a line each; null: they load. */
  readonly policyRefused: () => readonly string[] | null;
  /** Feeds whose newest content waits for a person, a line each; null: none. */
  readonly feedsQuarantined?: () => readonly string[] | null;
  /** Outcomes that wait for Redis. */
  readonly backlog: () => number;
  /** Why Redis takes no records, and the remedy, a line each; null: not known. */
  readonly redisRefusal?: () => readonly string[] | null;
  readonly outbox?: () => OutboxFigures;
  /** Trunks over which no key arrives. */
  readonly keylessTrunks?: () => readonly KeylessTrunk[];
  /** What a call of our own found. */
  readonly canaryFaults?: () => readonly { readonly message: string; readonly remedy: string }[];
  readonly campaigns?: CampaignSource;
  /** What is not calm. */
  readonly levels?: LevelSource;
  /** What a list calls a number of ours; null: no name. */
  readonly calledName?: (called: string) => string | null;
  readonly digest: DigestSource;
  readonly month?: MonthSource;
  /**
   * Whether this node sends what is true of the whole site: other nodes that would send the same to the same people give it the same
   * name. Never rejects. Left out: yes.
   */
  readonly isOurs?: (name: string) => Promise<boolean>;
}

const checkEveryMs = 5_000;
const backlogAgeMs = 600_000;
const dayMs = 86_400_000;
const boardKey = '(board)';

/** Sends people what they would want to be woken for. Calls never wait for it, and `saw` does not throw. */
export class Notices {
  readonly #options: NoticesOptions;
  readonly #board: NoticeBoard;
  readonly #deliveries: readonly Delivery[];
  readonly #levels: LevelNotices | null;
  readonly #campaigns: CampaignNotices | null;
  readonly #monthly: MonthlyNotice | null;
  readonly #surges = new SurgeCounter();
  /** The key of each number's surge. */
  readonly #surging = new Map<string, string>();
  #surgesSoFar = 0;
  #backlogSince: number | null = null;
  #digestAt: number | null = null;
  #cancel = () => {};

  constructor(options: NoticesOptions) {
    const { node, repeatMs, channels, dir = null, clock, log } = options;
    this.#options = options;
    this.#board = new NoticeBoard({
      node,
      repeatMs,
      isQuiet: (at) => isQuiet(at, options.quietHours, options.timeZone),
    });
    const { levels } = options.sources;
    const isOurs = (name: string) => this.#isOurs(name);
    const { campaigns } = options.sources;
    this.#campaigns =
      campaigns === undefined ? null : new CampaignNotices(campaigns, isOurs, options.timeZone);
    this.#levels = levels === undefined ? null : new LevelNotices(levels, isOurs, options.timeZone);
    const { month: source } = options.sources;
    const { timeZone: zone, digestAtMinute: atMinute } = options;
    this.#monthly =
      source === undefined || options.monthly !== true
        ? null
        : new MonthlyNotice({ source, node, audience: this.#audience, zone, atMinute, board: this.#board });
    this.#deliveries = channels.map((channel) => new Delivery({ channel, dir, clock, log }));
  }

  start(): void {
    if (this.#deliveries.length === 0) return;
    const { digest, digestAtMinute, timeZone, clock } = this.#options;
    if (digest !== 'off') this.#digestAt = nextDigest(clock.now(), digest, digestAtMinute, timeZone);
    for (const delivery of this.#deliveries) delivery.start();
    this.#checkLater();
  }

  /** Channels that fail now. */
  troubles(): readonly ChannelTrouble[] {
    return this.#deliveries.flatMap((delivery) => delivery.trouble() ?? []);
  }

  close(): void {
    this.#cancel();
    for (const delivery of this.#deliveries) delivery.close();
  }

  /** Counts a call's end. */
  saw({ facts, bypass }: Outcome): void {
    if (this.#deliveries.length === 0) return;
    const now = this.#options.clock.now();
    this.#surges.add(boardKey, facts.now);
    if (facts.called.number !== null) this.#surges.add(facts.called.number, facts.now);
    if (bypass === null || !bypassReasons.all[bypass.reason].isFault) return;
    this.#board.saw(
      {
        kind: 'bypass',
        key: 'bypass',
        ...bypassText(bypass.reason),
        counted: true,
      },
      now,
    );
  }

  #checkLater(): void {
    this.#cancel = this.#options.clock.after(checkEveryMs, () => {
      try {
        this.#check(this.#options.clock.now());
      } catch (error) {
        this.#options.log.error('Notices could not be checked', { error });
      }
      this.#checkLater();
    });
  }

  #check(now: number): void {
    const { sources } = this.#options;
    const refused = sources.policyRefused();
    this.#report('policy-refused', refused && policyRefusedText(refused), now);
    const feeds = sources.feedsQuarantined?.() ?? null;
    this.#report('feed-quarantined', feeds && feedQuarantinedText(feeds), now);
    this.#report('backlog', this.#backlog(now), now);
    const outbox = sources.outbox?.();
    if (outbox !== undefined) {
      const { failing, inMemory, inSecondPlace, setAside } = outbox;
      this.#report('disk', failing && diskText(failing.error, inMemory, inSecondPlace), now);
      this.#report('set-aside', setAside === 0 ? null : setAsideText(setAside), now);
    }
    const keyless = sources.keylessTrunks?.() ?? [];
    this.#report('no-keys', keyless.length === 0 ? null : noKeysText(keyless), now);
    const faults = sources.canaryFaults?.() ?? [];
    this.#report('canary', faults.length === 0 ? null : canaryText(faults), now);
    this.#levels?.check(this.#board, now);
    this.#campaigns?.check(this.#board, now);
    this.#checkSurges(now);
    this.#checkDigest(now);
    this.#monthly?.check(now);
    const message = this.#board.due(now);
    if (message !== null) for (const delivery of this.#deliveries) delivery.add(message);
  }

  /** `wording` null: the condition does not hold. */
  #report(kind: NoticeKind, wording: NoticeWording | null, now: number): void {
    if (wording === null) this.#board.over(kind, now);
    else this.#board.saw({ kind, key: kind, ...wording, counted: false }, now);
  }

  #backlog(now: number): NoticeWording | null {
    const { sources } = this.#options;
    const waiting = sources.backlog();
    this.#backlogSince = waiting === 0 ? null : (this.#backlogSince ?? now);
    const isOld = this.#backlogSince !== null && now - this.#backlogSince >= backlogAgeMs;
    if (waiting < this.#options.backlog && !isOld) return null;
    return backlogText(waiting, sources.redisRefusal?.() ?? []);
  }

  #checkSurges(now: number): void {
    const { sources, surge } = this.#options;
    const { called, board } = surge;
    const keys = new Set([...this.#surges.keys(now), ...this.#surging.keys()]);
    for (const key of keys) {
      const limit = key === boardKey ? board : called;
      const calls = this.#surges.count(key, now);
      const known = this.#surging.get(key);
      // It ends at half of the limit, so that a count around the limit is one surge and not ten.
      if (limit === 0 || calls < (known === undefined ? limit : limit / 2)) {
        this.#surging.delete(key);
        if (known !== undefined) this.#board.over(known, now);
        continue;
      }
      const name = known ?? `surge/${++this.#surgesSoFar}`;
      this.#surging.set(key, name);
      const ours = key === boardKey ? null : key;
      const named = ours === null ? null : (sources.calledName?.(ours) ?? null);
      const wording = surgeText(ours, named, calls);
      this.#board.saw({ kind: 'surge', key: name, ...wording, counted: false }, now);
    }
  }

  #checkDigest(now: number): void {
    const { digest, digestAtMinute, timeZone } = this.#options;
    if (digest === 'off' || this.#digestAt === null || now < this.#digestAt) return;
    const until = this.#digestAt;
    const since = until - (digest === 'daily' ? dayMs : 7 * dayMs);
    this.#digestAt = nextDigest(now, digest, digestAtMinute, timeZone);
    void this.#addDigest(digest, { since, until });
  }

  /** The calls are those of the whole site: of several nodes that would tell the same people one does. */
  async #addDigest(every: 'daily' | 'weekly', range: DigestRange): Promise<void> {
    const { sources, timeZone, node } = this.#options;
    if (!(await this.#isOurs(`digest:${every}:${range.until}`))) return;
    const counted = await digestCounts(sources.digest, range);
    this.#board.addOnce({
      ...{ kind: 'digest', key: `digest/${node}`, since: range.since },
      ...digestText(every, range, counted, timeZone),
    });
  }

  async #isOurs(name: string): Promise<boolean> {
    return (await this.#options.sources.isOurs?.(`${name}:${this.#audience}`)) !== false;
  }

  /** Nodes that send to the same people have the same. */
  get #audience(): string {
    const channels = this.#options.channels.map(({ name, to }) => [name, to]);
    return hash('sha256', JSON.stringify(channels), 'base64url').slice(0, 16);
  }
}
