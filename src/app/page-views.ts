import { challengeKinds } from '../call/vocabulary.ts';
import type { ListLibrary } from '../lists/list-library.ts';
import { toE164 } from '../numbers/phone-number.ts';
import { readShortCode } from '../numbers/short-code.ts';
import type { CaseResult } from '../policy/cases/run-cases.ts';
import { decide } from '../policy/decide.ts';
import { explained } from '../policy/explanation.ts';
import type { CompiledRule } from '../policy/policy.ts';
import type { Health } from '../report/api/health.ts';
import type {
  CasesView,
  ListHit,
  ListsView,
  LiveView,
  PartHealth,
  PolicyView,
} from '../report/web/page-deps.ts';
import type { LivePolicy } from '../rules/live-policy.ts';
import type { Screener } from '../screening/screener.ts';

/** Whether a dependency is up, and since when. */
export class Presence {
  readonly #isUp: () => boolean;
  readonly #state: () => string;
  #was: boolean;
  #since: number;

  constructor(isUp: () => boolean, state: () => string, now: number) {
    this.#isUp = isUp;
    this.#state = state;
    this.#was = isUp();
    this.#since = now;
  }

  /** Call it whenever the state may have changed: it notes the time of a change. */
  update(now: number): PartHealth {
    const up = this.#isUp();
    if (up !== this.#was) this.#since = now;
    this.#was = up;
    return { up, state: this.#state(), since: this.#since };
  }
}

/** Health of Redis, now and before. */
export interface RedisView {
  health(): PartHealth;
  outages(): ReturnType<LiveView['health']>['outages'];
}

export function liveView(parts: {
  readonly screener: Screener;
  readonly node: string;
  readonly ari: Presence;
  readonly redis: RedisView;
  /** What else health says. */
  readonly component: () => Health;
  readonly admission: { readonly isShedding: boolean };
  readonly backlog: () => number;
  readonly outbox: () => Health['outbox'];
  /** Dialplan settings out of range. */
  readonly oddSettings: () => readonly string[];
  readonly now: () => number;
}): LiveView {
  const startedAt = parts.now();
  return {
    calls: () =>
      parts.screener.liveCalls().map(({ id, state, since, facts }) => ({
        ...{ id, state, since },
        caller: facts.caller,
        called: facts.called.number ?? facts.called.raw,
      })),
    health: () => ({
      ...more(parts.component()),
      node: parts.node,
      ari: parts.ari.update(parts.now()),
      redis: parts.redis.health(),
      outages: parts.redis.outages(),
      backlog: parts.backlog(),
      outbox: parts.outbox(),
      shedding: parts.admission.isShedding,
      oddSettings: parts.oddSettings(),
      startedAt,
    }),
  };
}

const more = ({
  redisDangers,
  settings,
  failingChannels,
  keylessTrunks,
  closures,
  levels,
  otherDialplan,
  canary,
}: Health) => ({
  closures,
  levels,
  otherDialplan,
  keylessTrunks,
  canary,
  redisDangers,
  settings,
  failingChannels,
});

export function policyView(policy: LivePolicy): PolicyView {
  return {
    status: () => policy.status(),
    mode: () => policy.current().settings.mode,
    rules: () =>
      policy.current().rules.map(({ id, about, mode, place, ...rule }) => {
        return { id, about, mode, place, does: ruleDoes(rule) };
      }),
    cases: () => casesView(policy.cases),
    decide: (facts) => decide(facts, policy.current()),
    explain(facts, decided) {
      const current = policy.current();
      const isSame = decided?.policyVersion === current.version;
      return explained(facts, isSame ? decided : decide(facts, current), current);
    },
    canonical(number) {
      const region = policy.current().settings.defaultRegion;
      return toE164(number, region) ?? readShortCode(`short:${number.replace(/^\s*short: ?/i, '')}`, region);
    },
  };
}

/** What a rule does with callers, after who they are. */
function ruleDoes({ challenge, verdictKind }: Pick<CompiledRule, 'challenge' | 'verdictKind'>): string {
  if (challenge !== null) return `get ${challengeKinds.label(challenge.challenge).toLowerCase()}`;
  const words = { connect: 'are connected', voicemail: 'leave a message', reject: 'are turned away' };
  return verdictKind === 'challenge' ? 'are asked' : words[verdictKind];
}

function casesView(ran: LivePolicy['cases']): CasesView | null {
  if (ran === null) return null;
  const of = (wanted: CaseResult['result']) => ran.results.filter(({ result }) => result === wanted);
  return {
    at: ran.at,
    passed: of('passed').length,
    skipped: of('skipped').length,
    failed: of('failed').map(({ name, why, place }) => ({
      description: name,
      why,
      place: `${place.file}:${place.line}`,
    })),
  };
}

export function listsView(library: ListLibrary, policy: LivePolicy): ListsView {
  return {
    all: () =>
      library.status().map(({ id, source, size, stats, contentAt, checkedAt, lastError, quarantined }) => ({
        ...{ id, source, about: null, size: size ?? 0, skippedRows: stats?.badRows ?? 0 },
        ...{ readAt: checkedAt, changedAt: contentAt, error: lastError?.message ?? null, quarantined },
        problems: (library.list(id)?.problems ?? []).map(
          ({ line, message }) => `${source}:${line}: ${message}`,
        ),
      })),
    find: (number, now) =>
      library.status().flatMap(({ id }): ListHit[] =>
        (library.list(id)?.locate(number, now) ?? []).map(
          ({ pattern, line, name, note, expiresAt, expired }) => ({
            ...{ list: id, pattern, line, name, note, expiresAt, expired },
            blocks: policy.current().blockLists.has(id),
          }),
        ),
      ),
  };
}
