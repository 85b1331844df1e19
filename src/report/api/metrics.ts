import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { dispositionOf } from '../../call/disposition.ts';
import { campaignOf } from '../../call/facts.ts';
import type { Outcome } from '../../call/outcome.ts';
import { type Health, linkStates } from './health.ts';
import { addLevelMetrics } from './level-metrics.ts';

/** A list in force; the `ListStatus` of src/lists fits. */
export interface ListFigures {
  readonly id: string;
  /** Null: never read. */
  readonly size: number | null;
  /** Epoch ms at which its content was written, or came; null: not known. */
  readonly contentAt: number | null;
  /** Not null: the newest file or answer was refused. */
  readonly lastError: unknown;
  /** Not null: what came waits for a person. */
  readonly quarantined?: unknown;
}

/** Read on each scrape; from memory. */
export interface MetricsSources {
  readonly health: () => Health;
  readonly lists: () => readonly ListFigures[];
  /** How many go on. Left out: none. */
  readonly campaigns?: () => number;
  /** Epoch ms. */
  readonly now?: () => number;
}

/** Reading the history ends after 2 s at most. */
const decisionBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5];
const mostRules = 500;
const mostExits = 50;
const mostLists = 200;
const mostTrunks = 100;
const mostCalendars = 200;

/**
 * Call metrics for Prometheus. No label holds anything a caller chooses; rules, exits and lists come from the policy and are
 * limited too, because policies change.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #rules = new BoundedLabels(mostRules);
  readonly #exits = new BoundedLabels(mostExits);
  readonly #lists = new BoundedLabels(mostLists);
  readonly #trunks = new BoundedLabels(mostTrunks);
  readonly #calendars = new BoundedLabels(mostCalendars);
  readonly #calls = this.#counter('gatehouse_calls_total', 'Calls that ended, by result', ['where', 'exit']);
  readonly #ruleCalls = this.#counter('gatehouse_rule_calls_total', 'Calls decided by a rule', [
    'rule',
    'verdict',
  ]);
  readonly #monitored = this.#counter(
    'gatehouse_rule_monitored_total',
    'Calls that a monitor rule would have decided',
    ['rule'],
  );
  readonly #challenges = this.#counter('gatehouse_challenges_total', 'Challenges that ended', [
    'kind',
    'result',
  ]);
  readonly #bypassed = this.#counter('gatehouse_bypassed_total', 'Calls that bypassed screening', ['reason']);
  readonly #verified = this.#counter('gatehouse_verifications_total', 'Calls by STIR/SHAKEN result', [
    'result',
    'attestation',
  ]);
  readonly #withoutHistory = this.#counter(
    'gatehouse_decided_without_history_total',
    'Calls decided without history',
    ['reason'],
  );
  readonly #callBacks = this.#counter(
    'gatehouse_call_back_surge_calls_total',
    'Calls to a number that was forged, while people called it back',
    [],
  );
  readonly #campaignCalls = this.#counter(
    'gatehouse_campaign_calls_total',
    'Calls that belonged to a campaign as they arrived',
    [],
  );
  readonly #decision = this.#histogram('gatehouse_decision_seconds', 'From arrival to the decision');
  readonly #history = this.#histogram(
    'gatehouse_history_seconds',
    "From arrival until the caller's history was read, or given up",
  );

  constructor(sources: MetricsSources) {
    collectDefaultMetrics({ register: this.#registry });
    this.#gauges(sources);
  }

  /** One call's end. Never throws for what an outcome may hold. */
  count(outcome: Outcome): void {
    const { decision, challenge, exit, bypass, facts, timings } = outcome;
    const exitName = exit.kind === 'connect' ? this.#exits.of(exit.exit) : exit.kind;
    this.#calls.inc({ where: dispositionOf(outcome), exit: exitName });
    if (decision !== null) {
      this.#ruleCalls.inc({ rule: this.#rules.of(decision.rule), verdict: decision.verdict.kind });
      for (const { rule } of decision.monitored) this.#monitored.inc({ rule: this.#rules.of(rule) });
    }
    if (facts.site?.callBackSurge) this.#callBacks.inc();
    if (typeof campaignOf(facts) === 'string') this.#campaignCalls.inc();
    if (challenge !== null) this.#challenges.inc({ kind: challenge.kind, result: challenge.result });
    if (bypass !== null) this.#bypassed.inc({ reason: bypass.reason });
    const { result, attestation } = facts.verification;
    this.#verified.inc({ result, attestation: attestation ?? 'none' });
    if (decision !== null && facts.noHistoryReason !== null)
      this.#withoutHistory.inc({ reason: facts.noHistoryReason });
    if (timings.decidedMs !== null) this.#decision.observe(timings.decidedMs / 1000);
    if (timings.historyMs !== null) this.#history.observe(timings.historyMs / 1000);
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Name and type of every metric that there is. */
  names(): readonly { readonly name: string; readonly type: string }[] {
    return this.#registry.getMetricsAsArray().map(({ name, type }) => ({ name, type: String(type) }));
  }

  #gauges({ health, lists, campaigns = () => 0, now = Date.now }: MetricsSources): void {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect() {
          this.set(read());
        },
      });
    gauge('gatehouse_campaigns', 'Campaigns that go on', campaigns);
    gauge('gatehouse_redis_up', '1: Redis takes records', () => (health().redis === 'ready' ? 1 : 0));
    gauge('gatehouse_backlog_outcomes', 'Outcomes that wait for Redis', () => health().backlog);
    gauge('gatehouse_outbox_failing', '1: writes to the outbox disk fail', () =>
      health().outbox.failing ? 1 : 0,
    );
    gauge(
      'gatehouse_outbox_memory_calls',
      'Calls that are in memory because the disk takes no writes',
      () => health().outbox.inMemory,
    );
    gauge(
      'gatehouse_outbox_spool_calls',
      'Those of them that are in the spool folder too',
      () => health().outbox.inSecondPlace,
    );
    gauge('gatehouse_outbox_set_aside', 'Records that Redis refuses', () => health().outbox.setAside);
    gauge('gatehouse_live_calls', 'Calls that are being screened', () => health().liveCalls);
    gauge('gatehouse_shedding', '1: overload; calls that would be challenged go to the operators', () =>
      health().overload.shedding ? 1 : 0,
    );
    gauge(
      'gatehouse_policy_refused',
      '1: the rule files were refused; the last good policy is in force',
      () => (health().policy.refused === null ? 0 : 1),
    );
    gauge(
      'gatehouse_policy_stand_in',
      '1: the rules were refused at startup; an earlier accepted policy is in force',
      () => (health().policy.standIn ? 1 : 0),
    );
    gauge(
      'gatehouse_policy_age_seconds',
      'Seconds since the policy in force was loaded',
      () => Math.max(0, now() - health().policy.loadedAt) / 1000,
    );
    new Gauge({
      name: 'gatehouse_ari_state',
      help: '1 for the current state of the link to Asterisk',
      labelNames: ['state'],
      registers: [this.#registry],
      collect() {
        const { ari } = health();
        for (const state of linkStates) this.set({ state }, state === ari ? 1 : 0);
      },
    });
    gauge(
      'gatehouse_canary_faults',
      'Faults on the way of a call that the latest canary calls found',
      () => health().canary.faults.length,
    );
    gauge(
      'gatehouse_canary_age_seconds',
      'Seconds since the latest canary calls; 0: none were made yet',
      () => {
        const { checkedAt } = health().canary;
        return checkedAt === null ? 0 : Math.max(0, now() - checkedAt) / 1000;
      },
    );
    const departments = new BoundedLabels(mostLists);
    addLevelMetrics(this.#registry, health, (list) => departments.of(list));
    const trunks = this.#trunks;
    new Gauge({
      name: 'gatehouse_trunk_callers_without_key',
      help: 'Callers in a row who were asked for keys over a trunk on which none arrives',
      labelNames: ['trunk'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { trunk, callers } of health().keylessTrunks)
          this.set({ trunk: trunks.of(trunk) }, callers);
      },
    });
    const calendars = this.#calendars;
    new Gauge({
      name: 'gatehouse_closed_by_hand',
      help: '1: staff closed this calendar by hand; *: all calendars',
      labelNames: ['calendar'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { calendar } of health().closures) this.set({ calendar: calendars.of(calendar) }, 1);
      },
    });
    const ofLists = (name: string, help: string, read: (list: ListFigures) => number | null) => {
      const known = this.#lists;
      new Gauge({
        name,
        help,
        labelNames: ['list'],
        registers: [this.#registry],
        collect() {
          this.reset();
          for (const list of lists()) {
            const value = read(list);
            if (value !== null) this.set({ list: known.of(list.id) }, value);
          }
        },
      });
    };
    ofLists('gatehouse_list_numbers', 'Numbers, prefixes and ranges of a list', ({ size }) => size);
    ofLists(
      'gatehouse_list_age_seconds',
      'Seconds since the content of a list was written or fetched',
      ({ contentAt }) => (contentAt === null ? null : Math.max(0, now() - contentAt) / 1000),
    );
    ofLists(
      'gatehouse_list_refused',
      '1: the latest content was refused; the last good one is in force',
      ({ lastError }) => (lastError === null ? 0 : 1),
    );
    ofLists(
      'gatehouse_list_quarantined',
      '1: the latest content of a feed waits for approval',
      ({ quarantined }) => (quarantined ? 1 : 0),
    );
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  #histogram(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: decisionBuckets, registers: [this.#registry] });
  }
}

/** Replaces values beyond the limit of a label. */
export const otherValue = 'other';

/** Limits the values of a label: each is a time series that Prometheus keeps. */
export class BoundedLabels {
  readonly #most: number;
  readonly #seen = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The value itself, or `other` above the limit. */
  of(value: string): string {
    if (this.#seen.has(value)) return value;
    if (this.#seen.size >= this.#most) return otherValue;
    this.#seen.add(value);
    return value;
  }
}
