import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Outcome } from '../../screening/outcome.ts';
import { whereabouts } from '../../screening/whereabouts.ts';
import { BoundedLabels } from './bounded-labels.ts';

/** A list in force; ListStatus of src/lists is one. */
export interface ListFigures {
  readonly id: string;
  /** Null: never read. */
  readonly size: number | null;
  /** Epoch ms at which its content was written, or came; null: not known. */
  readonly contentAt: number | null;
  /** Not null: the newest file or answer was refused. */
  readonly lastError: unknown;
}

/** What is read when Prometheus asks; from memory. */
export interface MetricsSources {
  readonly health: () => {
    readonly ari: string;
    readonly redis: string;
    readonly policy: { readonly version: string; readonly loadedAt: number; readonly refused: unknown };
    readonly backlog: number;
    readonly liveCalls: number;
  };
  readonly lists: () => readonly ListFigures[];
  /** Epoch ms. */
  readonly now?: () => number;
}

const ariStates = ['connecting', 'connected', 'replaced', 'stopped'] as const;
/** A history look-up ends after 2 s at most; what takes longer waited for something that is broken. */
const decisionBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5];
const mostRules = 500;
const mostExits = 50;
const mostLists = 200;

/**
 * Counts what becomes of calls, for Prometheus. No label holds anything that a caller chooses: rules, exits and lists are
 * the policy's, and bounded all the same, because policies change.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #rules = new BoundedLabels(mostRules);
  readonly #exits = new BoundedLabels(mostExits);
  readonly #lists = new BoundedLabels(mostLists);
  readonly #calls = this.#counter('gatehouse_calls_total', 'Calls that ended, by where they went', [
    'where',
    'exit',
  ]);
  readonly #ruleCalls = this.#counter('gatehouse_rule_calls_total', 'Calls that a rule decided', [
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
  readonly #bypassed = this.#counter('gatehouse_bypassed_total', 'Calls that went round the screener', [
    'reason',
  ]);
  readonly #verified = this.#counter('gatehouse_verifications_total', 'Calls by STIR/SHAKEN result', [
    'result',
    'attestation',
  ]);
  readonly #withoutHistory = this.#counter(
    'gatehouse_decided_without_history_total',
    'Calls decided without history',
    ['reason'],
  );
  readonly #decision = this.#histogram('gatehouse_decision_seconds', 'From arrival to the decision');
  readonly #history = this.#histogram(
    'gatehouse_history_seconds',
    "From arrival until the caller's history was there, or given up",
  );

  constructor(sources: MetricsSources) {
    collectDefaultMetrics({ register: this.#registry });
    this.#gauges(sources);
  }

  /** One call's end. Never throws for what an outcome may hold. */
  count(outcome: Outcome): void {
    const { decision, challenge, exit, bypass, facts, timings } = outcome;
    const exitName = exit.kind === 'connect' ? this.#exits.of(exit.exit) : exit.kind;
    this.#calls.inc({ where: whereabouts(outcome), exit: exitName });
    if (decision !== null) {
      this.#ruleCalls.inc({ rule: this.#rules.of(decision.rule), verdict: decision.verdict.kind });
      for (const { rule } of decision.monitored) this.#monitored.inc({ rule: this.#rules.of(rule) });
    }
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

  #gauges({ health, lists, now = Date.now }: MetricsSources): void {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect() {
          this.set(read());
        },
      });
    gauge('gatehouse_redis_up', '1: commands can be sent to Redis', () =>
      health().redis === 'ready' ? 1 : 0,
    );
    gauge('gatehouse_backlog_outcomes', 'Outcomes that wait for Redis', () => health().backlog);
    gauge('gatehouse_live_calls', 'Calls that are being screened', () => health().liveCalls);
    gauge('gatehouse_policy_refused', '1: the rule files are broken; the last good policy is in force', () =>
      health().policy.refused === null ? 0 : 1,
    );
    gauge(
      'gatehouse_policy_age_seconds',
      'Since the policy in force was put in force',
      () => Math.max(0, now() - health().policy.loadedAt) / 1000,
    );
    new Gauge({
      name: 'gatehouse_ari_state',
      help: '1 for the state that the link to Asterisk is in',
      labelNames: ['state'],
      registers: [this.#registry],
      collect() {
        const { ari } = health();
        for (const state of ariStates) this.set({ state }, state === ari ? 1 : 0);
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
      'Since the content of a list was written, or came',
      ({ contentAt }) => (contentAt === null ? null : Math.max(0, now() - contentAt) / 1000),
    );
    ofLists(
      'gatehouse_list_refused',
      '1: the newest content is refused, the last good one is in force',
      ({ lastError }) => (lastError === null ? 0 : 1),
    );
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  #histogram(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: decisionBuckets, registers: [this.#registry] });
  }
}
