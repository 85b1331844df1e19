import { beforeEach, expect, test } from 'vitest';
import type { BypassReason } from '../../src/call/vocabulary.ts';
import type { LevelsNow } from '../../src/levels/level-state.ts';
import { EventRecorder, type RecordedState } from '../../src/site-events/event-recorder.ts';
import { isNews, type SiteEvent } from '../../src/site-events/site-event.ts';
import { sampleCampaign } from '../campaigns/sample-campaign.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

const start = Date.UTC(2026, 10, 23, 14);
const minuteMs = 60_000;

/** As src/history/site-event-log.ts keeps them, in memory. */
class MemoryEvents {
  readonly known = new Map<string, SiteEvent>();
  hasRead = true;
  noted = 0;
  get = (id: string) => this.known.get(id);
  all = () => [...this.known.values()];
  note(event: SiteEvent): void {
    if (!isNews(event, this.known.get(event.id))) return;
    this.noted++;
    this.known.set(event.id, event);
  }
  of(kind: SiteEvent['kind']) {
    return this.all().filter((event) => event.kind === kind);
  }
}

let events: MemoryEvents;
let state: { -readonly [Key in keyof RecordedState]: RecordedState[Key] };
beforeEach(() => {
  events = new MemoryEvents();
  state = {
    ...{ redisOutages: [], isAsteriskThere: true, reloads: [], campaigns: [], canaryFaults: [] },
    levels: { levels: [], surges: [] },
  };
});

function recorder(startedAt = start, node = 'n1'): EventRecorder {
  const time = () => '14:00';
  return new EventRecorder({ events, state: () => state, node, version: '1.2.3', startedAt, time });
}

const attack = (changedAt: number): LevelsNow['levels'][number] => ({
  ...{ scope: 'board', level: 'attack', since: changedAt, changedAt, until: changedAt + minuteMs },
  ...{ calls: 40, passed: 3, campaigns: [], by: null },
});

test('a start, a stop, and a process that ended without stopping', () => {
  const first = recorder();
  first.look(start);
  first.stop(start + minuteMs);
  recorder(start + 2 * minuteMs).look(start + 2 * minuteMs);
  const killed = start + 5 * minuteMs;
  recorder(killed).look(killed);
  expect(events.of('node').map(({ title, detail, at }) => [title, detail, at - start])).toEqual([
    ['Gatehouse started', 'Version 1.2.3.', 0],
    ['Gatehouse stopped', '', minuteMs],
    ['Gatehouse started', 'Version 1.2.3.', 2 * minuteMs],
    ['Gatehouse started', 'Version 1.2.3. The process before it ended without stopping.', 5 * minuteMs],
  ]);
});

test('an outage of Redis is there while it lasts, and ends once; a moment is none', () => {
  const one = recorder();
  state.redisOutages = [{ from: start + 1000, to: null, waiting: 0 }];
  one.look(start + 2000);
  expect(events.of('outage')).toEqual([]);
  one.look(start + 4000);
  expect(events.of('outage')).toMatchObject([{ at: start + 1000, until: null, node: 'n1' }]);
  const { noted } = events;
  state.redisOutages = [{ from: start + 1000, to: null, waiting: 9 }];
  one.look(start + 5000);
  expect(events.noted).toBe(noted);
  state.redisOutages = [{ from: start + 1000, to: start + minuteMs, waiting: 9 }];
  one.look(start + minuteMs);
  one.look(start + minuteMs + 1000);
  expect(events.of('outage')).toMatchObject([
    {
      until: start + minuteMs,
      title: 'Redis unavailable',
      detail: expect.stringContaining('9 calls waited'),
    },
  ]);
});

test('Asterisk away: from when it was lost; one that boots slowly is not away at once', () => {
  const one = recorder();
  state.isAsteriskThere = false;
  one.look(start + 5000);
  expect(events.of('outage')).toEqual([]);
  state.isAsteriskThere = true;
  one.look(start + 6000);
  state.isAsteriskThere = false;
  one.look(start + 7000);
  one.look(start + 9000);
  state.isAsteriskThere = true;
  one.look(start + 20_000);
  expect(events.of('outage')).toMatchObject([{ at: start + 7000, until: start + 20_000 }]);
});

test('a level that another node sees first is not over because it is not seen here yet', () => {
  const one = recorder();
  const other = recorder(start, 'n2');
  state.levels = { levels: [attack(start)], surges: [] };
  one.look(start);
  state.levels = { levels: [], surges: [] };
  other.look(start + 1000);
  other.look(start + 3000);
  expect(events.of('level')).toMatchObject([{ until: null, node: null }]);
  state.levels = { levels: [attack(start)], surges: [] };
  other.look(start + 4000);
  state.levels = { levels: [], surges: [] };
  for (const node of [one, other]) for (let at = 0; at < 20; at++) node.look(start + minuteMs + at * 1000);
  expect(events.of('level')).toMatchObject([
    { until: start + minuteMs, title: 'Attack on the whole switchboard' },
  ]);
});

test('a campaign, its end and its return', () => {
  const one = recorder();
  state.campaigns = [sampleCampaign({ recognizedAt: start })];
  one.look(start + 1000);
  state.campaigns = [sampleCampaign({ recognizedAt: start, state: 'over', endedAt: start + minuteMs })];
  one.look(start + minuteMs);
  const back = start + 60 * minuteMs;
  state.campaigns = [sampleCampaign({ recognizedAt: start, returns: 1 })];
  one.look(back);
  one.look(back + 1000);
  expect(events.of('campaign').map(({ at, until }) => [at, until])).toEqual([
    [start, start + minuteMs],
    [back, null],
  ]);
});

test('calls that bypassed screening are one episode while they come, and hold no number of a caller', () => {
  const one = recorder();
  const bypass = (reason: BypassReason, at: number) => {
    const id = `n1/${at}`;
    const facts = sampleFacts(id, { now: start + at });
    one.saw(sampleOutcome(id, { facts, bypass: { reason, detail: '+13175550123' } }), start + at);
  };
  bypass('ari-failed', 0);
  bypass('ari-failed', minuteMs);
  bypass('fax', minuteMs);
  one.look(start + minuteMs);
  expect(events.of('bypass')).toMatchObject([{ until: null, detail: expect.stringMatching(/^2 calls /) }]);
  bypass('ari-failed', 2 * minuteMs);
  one.look(start + 2 * minuteMs);
  one.look(start + 18 * minuteMs);
  expect(events.of('bypass')).toMatchObject([
    {
      ...{ at: start, until: start + 2 * minuteMs + 1000, calls: { bypass: 'ari-failed' } },
      detail: expect.stringMatching(/^3 calls /),
    },
  ]);
  bypass('ari-failed', 40 * minuteMs);
  one.look(start + 40 * minuteMs);
  one.stop(start + 41 * minuteMs);
  expect(events.of('bypass')).toHaveLength(2);
  expect(events.all().some(({ until }) => until === null)).toBe(false);
  expect(JSON.stringify(events.all())).not.toContain('5550123');
});

test('reloads, accepted and refused, with the numbers in their problems masked', () => {
  const one = recorder();
  const problem = {
    severity: 'error' as const,
    ...{ file: 'lists/staff.csv', line: 3, column: 1, remedy: '', code: 'x' },
    message: 'no number: +1 317 555 0123',
  } as const;
  state.reloads = [
    { at: start + 2, ok: false, version: 'a', before: 'a', problemCount: 2, problems: [problem] },
    { at: start + 1, ok: true, version: 'a', before: 'b', problemCount: 0, problems: [] },
  ];
  one.look(start + 10);
  const found = events.of('rules');
  expect(found.map(({ title }) => title)).toEqual(['Rule files refused', 'Rules reloaded']);
  expect(found[0]?.detail).toMatch(/^2 problems: lists\/staff\.csv:3: no number: \+1317/);
  expect(found[0]?.detail).not.toContain('0123');
});

test('a fault that the canary finds, until it is gone', () => {
  const one = recorder();
  const fault = {
    where: 'exit operators',
    message: 'the queue 317-555-0123 is empty',
    remedy: 'Log somebody in',
  };
  state.canaryFaults = [fault];
  one.look(start);
  one.look(start + 60_000);
  state.canaryFaults = [];
  for (let at = 61; at < 90; at++) one.look(start + at * 1000);
  expect(events.of('canary')).toMatchObject([{ at: start, until: start + 61_000 }]);
  expect(events.of('canary')[0]?.title).not.toContain('555-0123');
});
