import Fastify, { type FastifyInstance } from 'fastify';
import type { CallRecord } from '../../../src/call/call-records.ts';
import type { CallHistory } from '../../../src/call/facts.ts';
import type { Outcome } from '../../../src/call/outcome.ts';
import type { Campaign } from '../../../src/campaigns/campaign.ts';
import type { Explanation } from '../../../src/policy/explanation.ts';
import type { PolicyStatus } from '../../../src/policy/policy-status.ts';
import { maskNumber, maskNumbersIn } from '../../../src/privacy/mask-number.ts';
import type { Visitor } from '../../../src/report/access/role.ts';
import type {
  CasesView,
  FlagForm,
  ListHit,
  ListState,
  LiveCallView,
  PageDeps,
} from '../../../src/report/web/page-deps.ts';
import { registerPages } from '../../../src/report/web/register-pages.ts';
import type { SiteEvent } from '../../../src/site-events/site-event.ts';
import { FakeListEdits } from '../../fakes/fake-list-edits.ts';
import { MemoryCallRecords } from '../../fakes/memory-call-records.ts';
import { MemoryCallerActions } from '../../fakes/memory-caller-actions.ts';
import { MemoryCallerFlags } from '../../fakes/memory-caller-flags.ts';
import { MemoryExpectedCalls } from '../../fakes/memory-expected-calls.ts';
import { MemoryImpactWork } from '../../fakes/memory-impact-work.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../../fakes/sample-outcome.ts';

/** An hour after the sample calls. */
export const pageNow = sampleArrival + 3_600_000;

/** What a caller, a carrier or a list may say to harm whoever reads it. */
export const hostile = {
  markup: '"><img src=x onerror=alert(1)>',
  formula: '=HYPERLINK("http://evil.example","open")',
  ansi: '\u001b[31mred\u001b]0;title\u0007',
  turned: '\u202Egpj.exe\u2066 \u200Fabc\u200B',
} as const;
export const hostileText = Object.values(hostile).join(' ');

/** A server with nothing but the pages, and everything behind them to be changed by the test. */
export interface PageFixture {
  readonly app: FastifyInstance;
  readonly records: MemoryCallRecords;
  readonly flags: MemoryCallerFlags;
  readonly impact: MemoryImpactWork;
  readonly actions: MemoryCallerActions;
  readonly expected: MemoryExpectedCalls;
  readonly listEdits: FakeListEdits;
  /** What Redis has of every caller. */
  history: CallHistory;
  optedOutAt: number | null;
  /** Who asks; null: somebody who may only look. */
  visitor: Visitor | null;
  /** What was noted of actions. */
  readonly noted: unknown[];
  /** Null: who asks may not flag. */
  flagForm: FlagForm | null;
  /** What was noted of flags. */
  readonly flagged: unknown[];
  /** What is explained beside the decision. */
  near: Pick<Explanation, 'about' | 'nearMisses' | 'missingFacts'>;
  live: readonly LiveCallView[];
  health: ReturnType<PageDeps['live']['health']>;
  policy: PolicyStatus;
  lists: readonly ListState[];
  campaigns: readonly Campaign[];
  events: readonly SiteEvent[];
  hits: readonly ListHit[];
  whole: boolean;
  /** How often it was asked how to show numbers. */
  looks: number;
  /** What was logged as an error. */
  readonly errors: unknown[];
  cases: CasesView | null;
  /** The body of a page, with its status in `status`. */
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
}

export function pageFixture(records: readonly CallRecord[] = [], more: Partial<PageDeps> = {}): PageFixture {
  const app = Fastify({ logger: false });
  const since = pageNow - 7_200_000;
  const fixture: PageFixture = {
    app,
    records: new MemoryCallRecords(records),
    flags: new MemoryCallerFlags(),
    impact: new MemoryImpactWork(),
    actions: new MemoryCallerActions(),
    expected: new MemoryExpectedCalls(),
    listEdits: new FakeListEdits(),
    history: { passUntil: null },
    optedOutAt: null,
    visitor: null,
    noted: [],
    flagForm: null,
    flagged: [],
    near: { about: null, nearMisses: [], missingFacts: [] },
    live: [],
    health: {
      node: 'n1',
      ari: { up: true, state: 'connected', since },
      redis: { up: true, state: 'ready', since },
      backlog: 0,
      outbox: { failing: null, inMemory: 0, inSecondPlace: 0, setAside: 0 },
      outages: [],
      startedAt: since,
    },
    policy: {
      version: '5f2d7c1b9a3e',
      loadedAt: since,
      refused: null,
      standIn: null,
      kept: null,
      reloads: [],
    },
    lists: [],
    campaigns: [],
    events: [],
    hits: [],
    whole: true,
    looks: 0,
    errors: [],
    cases: null,
    async get(path) {
      const reply = await app.inject({ method: 'GET', url: path });
      return { status: reply.statusCode, body: reply.body };
    },
  };
  const place = { file: 'rules/policy.yaml', line: 42, column: 5 };
  const decidedToday = () => {
    const { decision } = sampleOutcome('decided-now');
    if (decision === null) throw new Error('the sample is decided');
    return { ...decision, rule: 'decided-today' };
  };
  app.addHook('onRequest', async (request) => {
    request.visitor = fixture.visitor;
    request.noteAction = async (action) => void fixture.noted.push(action);
  });
  registerPages(app, {
    records: fixture.records,
    flagging: {
      flags: fixture.flags,
      actions: fixture.actions,
      form: () => fixture.flagForm,
      note: async (_, action) => void fixture.flagged.push(action),
    },
    impact: fixture.impact,
    callers: {
      history: async () => fixture.history,
      optedOutAt: async () => fixture.optedOutAt,
      expected: fixture.expected,
    },
    listEdits: fixture.listEdits,
    live: { calls: () => fixture.live, health: () => fixture.health },
    policy: {
      status: () => fixture.policy,
      mode: () => 'enforce',
      rules: () => [
        { id: 'blocked', about: 'Turned away.', mode: 'enforce', place },
        { id: 'war-dialing', about: null, mode: 'monitor', place },
        { id: 'everyone-else', about: null, mode: 'enforce', place },
      ],
      cases: () => fixture.cases,
      decide: decidedToday,
      explain(_, decided) {
        const isSame = decided?.policyVersion === fixture.policy.version;
        const decision = isSame ? decided : decidedToday();
        const trace = decision.trace.map((entry) => ({ ...entry, place }));
        return { ...fixture.near, decision, place, trace };
      },
      canonical: (text) => (/^\+\d{5,15}$/.test(text) ? text : null),
    },
    lists: {
      all: () => fixture.lists,
      find: (number) => [...fixture.hits, ...fixture.listEdits.find(number)],
    },
    campaigns: () => fixture.campaigns,
    events: () => fixture.events,
    campaignRules: () => ['campaign-during-attack'],
    now: () => pageNow,
    log: { debug() {}, info() {}, warn() {}, error: (_, fields) => fixture.errors.push(fields) },
    numbers: () => {
      fixture.looks++;
      return fixture.whole
        ? { whole: true, show: (number) => number, text: (text) => text }
        : { whole: false, show: maskNumber, text: maskNumbersIn };
    },
    ...more,
  });
  return fixture;
}

export function record(id: string, changes: Partial<Outcome> = {}): CallRecord {
  return { outcome: sampleOutcome(`n1/${id}`, changes), afterExit: null };
}

/** A call in which everything that somebody else says is hostile. */
export function hostileCall(id: string): CallRecord {
  const sample = sampleOutcome(`n1/${id}`);
  const facts = sampleFacts(`n1/${id}`, {
    sipCallId: hostileText,
    trunk: hostileText,
    caller: { number: null, reason: 'malformed', raw: hostileText, displayName: hostileText },
    called: { number: null, raw: hostileText },
    verification: {
      ...{ result: 'failed', attestation: 'C', source: 'verstat' },
      ...{ signer: hostileText, origid: hostileText },
    },
    history: {
      passUntil: null,
      campaign: hostileText,
      expected: { until: pageNow, called: null, why: hostileText },
    },
  });
  return record(id, {
    facts,
    decision: sample.decision && {
      ...sample.decision,
      reason: hostileText,
      listedName: hostileText,
      trace: [{ rule: 'everyone-else', mode: 'enforce', matched: true, because: hostileText }],
    },
    challenge: sample.challenge && {
      ...sample.challenge,
      attempts: sample.challenge.attempts.map((attempt) => ({ ...attempt, digits: hostileText })),
    },
    exit: { kind: 'connect', exit: 'operators', label: hostileText },
    bypass: { reason: 'exception', detail: hostileText },
  });
}
