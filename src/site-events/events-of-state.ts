import type { Campaign } from '../campaigns/campaign.ts';
import { campaignCalls } from '../campaigns/campaign-calls.ts';
import { stateWords } from '../campaigns/campaign-text.ts';
import type { LevelsNow } from '../levels/level-state.ts';
import {
  type LevelWriting,
  levelReason,
  levelTitle,
  surgeReason,
  surgeTitle,
} from '../levels/level-words.ts';
import { maskNumbersIn } from '../privacy/mask-number.ts';
import { eventOf, type SiteEvent } from './site-event.ts';

/** A time in which something was away; epoch ms. `waiting`: the most calls that waited for it. */
export interface Outage {
  readonly from: number;
  readonly to: number | null;
  readonly waiting: number;
}

/** As the policy tells it; src/policy/policy-status.ts. */
export interface Reload {
  readonly at: number;
  readonly ok: boolean;
  readonly version: string;
  readonly before: string;
  readonly problemCount: number;
  readonly problems: readonly { readonly file: string; readonly line: number; readonly message: string }[];
}

/** As src/canary/canary-fault.ts has it. */
export interface CanaryFault {
  readonly where: string;
  readonly message: string;
  readonly remedy: string;
}

/** What is away for a shorter time is no outage that anybody asks about. */
export const shortestOutageMs = 1500;

export function redisOutages(node: string, outages: readonly Outage[], now: number): SiteEvent[] {
  return outages
    .filter(({ from, to }) => (to ?? now) - from >= shortestOutageMs)
    .map(({ from, to, waiting }) =>
      eventOf({
        ...{ id: `redis:${node}:${from}`, kind: 'outage', at: from, until: to, node },
        title: 'Redis unavailable',
        detail:
          to === null
            ? ''
            : `At most ${waiting} ${waiting === 1 ? 'call' : 'calls'} waited in the outbox; none is lost.`,
      }),
    );
}

export function asteriskOutage(node: string, from: number, until: number | null): SiteEvent {
  return eventOf({
    ...{ id: `ari:${node}:${from}`, kind: 'outage', at: from, until, node },
    title: 'Asterisk disconnected',
    detail: 'Calls went to the operators unscreened.',
  });
}

export function ruleReloads(node: string, reloads: readonly Reload[]): SiteEvent[] {
  return reloads.map(({ at, ok, version, before, problemCount, problems: [first] }) => {
    const words = first === undefined ? '' : `: ${first.file}:${first.line}: ${first.message}`;
    const problems = `${problemCount} ${problemCount === 1 ? 'problem' : 'problems'}`;
    const change = version === before ? 'nothing changed' : `${before} became ${version}`;
    return eventOf({
      ...{ id: `rules:${node}:${at}`, kind: 'rules', at, until: at, node },
      title: ok ? 'Rules reloaded' : 'Rule files refused',
      detail: ok ? `Policy: ${change}.` : maskNumbersIn(`${problems}${words}`.slice(0, 2000)),
    });
  });
}

/** What is not calm now, each step up or down as an event of its own. */
export function levelEvents({ levels, surges }: LevelsNow, time: LevelWriting['time']): SiteEvent[] {
  // Called numbers are our own.
  const writing = { number: (called: string) => called, time };
  const called = (scope: string) => (scope.startsWith('+') ? { called: scope } : {});
  return [
    ...levels.map((one) =>
      eventOf({
        ...{ id: `level:${one.scope}:${one.level}:${one.changedAt}`, kind: 'level', node: null },
        ...{ at: one.changedAt, until: null, calls: called(one.scope) },
        title: levelTitle(one, writing),
        detail: `${capital(levelReason(one, writing))}.`,
      }),
    ),
    ...surges.map((one) =>
      eventOf({
        ...{ id: `surge:${one.called}:${one.since}`, kind: 'level', node: null },
        ...{ at: one.since, until: null, calls: called(one.called) },
        title: surgeTitle(one, writing),
        detail: `${capital(surgeReason(one, writing))}.`,
      }),
    ),
  ];
}

const campaignId = /^campaign:(.+):\d+$/;

export function campaignEventId({ id, returns }: Pick<Campaign, 'id' | 'returns'>): string {
  return `campaign:${id}:${returns}`;
}

/** Those that go on or went on; each return is an event of its own. `now`: when one is seen to be back. */
export function campaignEvents(campaigns: readonly Campaign[], now: number): SiteEvent[] {
  return campaigns
    .filter(({ mergedInto }) => mergedInto === undefined)
    .map((one) => {
      const { name, reason, state, returns, calls, recognizedAt, lastAt, endedAt } = one;
      const told = state === 'active' ? reason : `${calls} calls. ${stateWords(one)}. ${reason}`;
      return eventOf({
        ...{ id: campaignEventId(one), kind: 'campaign', node: null },
        // It says only when it was recognized first.
        at: returns === 0 ? recognizedAt : state === 'active' ? now : lastAt,
        until: state === 'active' ? null : Math.max(recognizedAt, endedAt ?? lastAt),
        title: `Campaign ${name}`,
        detail: told,
        calls: campaignCalls(one),
      });
    });
}

/** The campaign that an event is of; null: it is of something else. */
export function campaignOfEvent({ kind, id }: Pick<SiteEvent, 'kind' | 'id'>): string | null {
  return kind === 'campaign' ? (campaignId.exec(id)?.[1] ?? null) : null;
}

export function canaryFault(node: string, fault: CanaryFault, at: number): SiteEvent {
  return eventOf({
    ...{ id: `canary:${node}:${fault.where.slice(0, 80)}:${at}`, kind: 'canary', at, until: null, node },
    title: `Canary: ${maskNumbersIn(fault.message)}`,
    detail: maskNumbersIn(fault.remedy),
  });
}

export function nodeStarted(node: string, at: number, version: string, wasStopped: boolean): SiteEvent {
  return eventOf({
    ...{ id: `start:${node}:${at}`, kind: 'node', at, until: at, node },
    title: 'Gatehouse started',
    detail: `Version ${version}.${wasStopped ? '' : ' The process before it ended without stopping.'}`,
  });
}

export function nodeStopped(node: string, startedAt: number, at: number): SiteEvent {
  return eventOf({
    ...{ id: `stop:${node}:${startedAt}`, kind: 'node', at, until: at, node },
    title: 'Gatehouse stopped',
  });
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
