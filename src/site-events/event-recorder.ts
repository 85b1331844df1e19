import type { Outcome } from '../call/outcome.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import type { LevelsNow } from '../levels/level-state.ts';
import { BypassEpisodes } from './bypass-episodes.ts';
import {
  asteriskOutage,
  type CanaryFault,
  campaignEvents,
  canaryFault,
  levelEvents,
  nodeStarted,
  nodeStopped,
  type Outage,
  type Reload,
  redisOutages,
  ruleReloads,
  shortestOutageMs,
} from './events-of-state.ts';
import type { SiteEvent } from './site-event.ts';

/** Where events are kept; src/history/site-event-log.ts. */
export interface KeptEvents {
  /** True once what other nodes noted is known. */
  readonly hasRead: boolean;
  get(id: string): SiteEvent | undefined;
  all(): readonly SiteEvent[];
  note(event: SiteEvent): void;
}

/** What is true now; from memory. */
export interface RecordedState {
  readonly redisOutages: readonly Outage[];
  readonly isAsteriskThere: boolean;
  readonly reloads: readonly Reload[];
  readonly levels: LevelsNow;
  readonly campaigns: readonly Campaign[];
  readonly canaryFaults: readonly CanaryFault[];
}

export interface EventRecorderOptions {
  readonly events: KeptEvents;
  readonly state: () => RecordedState;
  readonly node: string;
  readonly version: string;
  /** Epoch ms at which this process began. */
  readonly startedAt: number;
  /** A time of day, as texts have it. */
  readonly time: (at: number) => string;
}

/** Nodes follow each other within seconds: what another has just begun is not over because it is not seen here yet. */
const goneForMs = 15_000;
/** Without an answer of Redis the events of before are those of the file. */
const knownWithinMs = 10_000;
/** Asterisk may take its time to boot. */
const connectedWithinMs = 15_000;

/** Looks every second at what is true now, and notes what began and what ended. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #bypasses: BypassEpisodes;
  /** Id of an event that is not seen any more → since when. */
  readonly #goneSince = new Map<string, number>();
  /** Place of a fault → when it was first seen. */
  readonly #faults = new Map<string, number>();
  #asteriskAwaySince: number | null = null;
  #wasAsteriskThere = false;
  #isBegun = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#bypasses = new BypassEpisodes(options.node);
  }

  saw(outcome: Outcome, now: number): void {
    this.#bypasses.see(outcome, now);
  }

  /** @param now epoch ms */
  look(now: number): void {
    const { events, state, node, startedAt } = this.#options;
    if (!this.#isBegun) {
      if (!events.hasRead && now - startedAt < knownWithinMs) return;
      this.#begin(now);
    }
    const { levels, campaigns, canaryFaults, reloads, ...rest } = state();
    for (const event of redisOutages(node, rest.redisOutages, now)) events.note(event);
    for (const event of ruleReloads(node, reloads)) if (!events.get(event.id)) events.note(event);
    for (const event of this.#bypasses.due(now)) events.note(event);
    this.#noteCampaigns(campaignEvents(campaigns, now));
    this.#noteAsterisk(rest.isAsteriskThere, now);
    const standing = [...levelEvents(levels, this.#options.time), ...this.#faultEvents(canaryFaults, now)];
    for (const event of standing) if (!events.get(event.id)) events.note(event);
    this.#endGone(new Set(standing.map(({ id }) => id)), now);
  }

  /** Before the connections are closed. */
  stop(now: number): void {
    const { events, node, startedAt } = this.#options;
    this.look(now);
    for (const event of this.#bypasses.end()) events.note(event);
    // Nothing is known of these once this process is gone.
    for (const event of this.#ownOpen()) events.note({ ...event, until: now });
    events.note(nodeStopped(node, startedAt, now));
  }

  #begin(now: number): void {
    this.#isBegun = true;
    const { events, node, version, startedAt } = this.#options;
    const last = events
      .all()
      .filter(({ id }) => id.startsWith(`start:${node}:`))
      .reduce((latest, { at }) => Math.max(latest, at), 0);
    const wasStopped = last === 0 || events.get(`stop:${node}:${last}`) !== undefined;
    for (const event of this.#ownOpen()) events.note({ ...event, until: Math.max(event.at, startedAt) });
    if (last < startedAt) events.note(nodeStarted(node, startedAt, version, wasStopped));
    this.#wasAsteriskThere = now - startedAt > connectedWithinMs;
  }

  /** What this process alone knows the end of; an outage of Redis outlives it in its own file. */
  #ownOpen(): SiteEvent[] {
    const { events, node } = this.#options;
    const isOwn = (one: SiteEvent) => one.node === node && one.until === null;
    return events.all().filter((one) => isOwn(one) && !one.id.startsWith('redis:'));
  }

  #noteCampaigns(found: readonly SiteEvent[]): void {
    const { events } = this.#options;
    for (const event of found) {
      const known = events.get(event.id);
      if (known === undefined) events.note(event);
      else if (known.until === null && event.until !== null) events.note({ ...event, at: known.at });
    }
  }

  #noteAsterisk(isThere: boolean, now: number): void {
    const { events, node, startedAt } = this.#options;
    if (isThere) {
      this.#wasAsteriskThere = true;
      const from = this.#asteriskAwaySince;
      this.#asteriskAwaySince = null;
      if (from !== null && now - from >= shortestOutageMs) events.note(asteriskOutage(node, from, now));
      return;
    }
    const isLate = now - startedAt > connectedWithinMs;
    if (!this.#wasAsteriskThere && !isLate) return;
    this.#asteriskAwaySince ??= this.#wasAsteriskThere ? now : startedAt;
    const from = this.#asteriskAwaySince;
    if (now - from >= shortestOutageMs) events.note(asteriskOutage(node, from, null));
  }

  #faultEvents(faults: readonly CanaryFault[], now: number): SiteEvent[] {
    const places = new Set(faults.map(({ where }) => where));
    for (const place of this.#faults.keys()) if (!places.has(place)) this.#faults.delete(place);
    return faults.map((fault) => {
      const at = this.#faults.get(fault.where) ?? now;
      this.#faults.set(fault.where, at);
      return canaryFault(this.#options.node, fault, at);
    });
  }

  /** What was to last and is not there for some time is over since then. */
  #endGone(standing: ReadonlySet<string>, now: number): void {
    const { events, node } = this.#options;
    const open = events
      .all()
      .filter(
        ({ kind, until, node: of }) =>
          until === null && (kind === 'level' || (kind === 'canary' && of === node)),
      );
    for (const event of open) {
      if (standing.has(event.id)) {
        this.#goneSince.delete(event.id);
        continue;
      }
      const since = this.#goneSince.get(event.id) ?? now;
      this.#goneSince.set(event.id, since);
      if (now - since < goneForMs) continue;
      this.#goneSince.delete(event.id);
      events.note({ ...event, until: Math.max(event.at, since) });
    }
  }
}
