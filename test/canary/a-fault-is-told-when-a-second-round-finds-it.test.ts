import { expect, test } from 'vitest';
import { Canary } from '../../src/canary/canary.ts';
import type { CanaryFault } from '../../src/canary/canary-fault.ts';
import { RoundSkipped } from '../../src/canary/canary-round.ts';
import { silentLog } from '../../src/log/log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const gone: CanaryFault = { where: 'mailbox general', message: 'gone', remedy: 'make it' };
const minute = 60_000;

function canary(everyMs = minute) {
  const clock = new FakeClock();
  const site = { faults: [] as CanaryFault[], mayCall: true, rounds: 0, problem: null as Error | null };
  const round = async () => {
    site.rounds++;
    if (site.problem !== null) throw site.problem;
    return site.faults;
  };
  const made = new Canary({ everyMs, round, mayCall: () => site.mayCall, clock, log: silentLog });
  made.start();
  return { clock, site, made };
}

test('well, then a fault within two minutes, then well again', async () => {
  const { clock, site, made } = canary();
  expect(made.state()).toMatchObject({ state: 'waiting', checkedAt: null });
  await clock.advance(5_000);
  expect(made.state()).toMatchObject({ state: 'well', faults: [] });
  site.faults = [gone];
  await clock.advance(minute);
  expect(made.state()).toMatchObject({ state: 'well', faults: [] });
  await clock.advance(10_000);
  expect(made.state()).toMatchObject({ state: 'failing', faults: [gone] });
  const { since } = made.state();
  await clock.advance(minute);
  expect(made.state()).toMatchObject({ state: 'failing', since });
  site.faults = [];
  await clock.advance(minute);
  expect(made.state()).toMatchObject({ state: 'well', faults: [] });
});

test('what only one round finds is no fault', async () => {
  const { clock, site, made } = canary();
  site.faults = [gone];
  await clock.advance(5_000);
  site.faults = [];
  await clock.advance(10_000);
  expect(made.state()).toMatchObject({ state: 'well', faults: [] });
});

test('asked for, what it finds counts at once, and not beyond the answer when it has no schedule', async () => {
  const { clock, site, made } = canary(0);
  site.faults = [gone];
  await clock.advance(10 * minute);
  expect(site.rounds).toBe(0);
  expect(await made.now()).toMatchObject({ state: 'failing', faults: [gone] });
  expect(made.state()).toMatchObject({ state: 'off', faults: [] });
});

test('while callers need the time, or it fails itself, it says nothing new and goes on', async () => {
  const { clock, site, made } = canary();
  await clock.advance(5_000);
  const before = made.state();
  site.mayCall = false;
  await clock.advance(minute);
  expect([site.rounds, made.state()]).toEqual([1, before]);
  site.mayCall = true;
  for (const problem of [new RoundSkipped(), new Error('broken')]) {
    site.problem = problem;
    await clock.advance(minute);
    expect(made.state()).toEqual(before);
  }
  site.problem = null;
  await clock.advance(minute);
  expect(made.state().checkedAt).toBeGreaterThan(before.checkedAt ?? 0);
});
