import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { outcomesOf } from './outcomes.ts';

const perSecond = 40;
const calls = 8 * perSecond;

describe('the first law: more calls than can be screened', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up({ gatehouseEntry: join(import.meta.dirname, 'serve-that-screens-slowly.ts') });
    // More than as shipped, so that Gatehouse itself has some to shed; fewer than keep its event loop for seconds.
    await lab.asterisk.cli('dialplan set global GATEHOUSE_MAX_DECIDING 100');
  });
  afterAll(async () => {
    await lab?.down();
  });
  const stranger = '+12125550133';
  const ring = (from: string, more: { calls?: number; rate?: number } = {}) =>
    lab.ring({ from, to: switchboard, steps: [{ hold: 500 }] }, { ...more, timeoutMs: 90_000 });

  it('strangers reach the operators unscreened, known callers directly, each is recorded once, and it ends by itself', async () => {
    const callers = await Promise.all(
      [stranger, numbers.customer].map((from) => ring(from, { calls, rate: perSecond })),
    );
    const ended = await Promise.all(callers.map((caller) => caller.finished()));
    for (const { calls: ways } of ended)
      expect([...ways.values()]).toEqual(Array(calls).fill(['answered', 'hung-up']));

    // How soon it begins and ends is measured with a clock of its own (sheds-screening-never-calls) and by `bench overload`.
    const metrics = await until('the overload to be over', 30_000, async () => {
      const reply = await fetch(`${lab.gatehouse.url}/metrics`).catch(() => null);
      const text = (await reply?.text()) ?? '';
      return text.includes('gatehouse_shedding 0') ? text : null;
    });
    expect(metrics).toMatch(/^gatehouse_bypassed_total\{reason="/m);

    const ids = callers.map((caller) => caller.callIds(calls));
    const outcomes = await outcomesOf(lab, ids.flat(), 60_000);
    const bypasses = ids.map((some) =>
      some.map((id) => (outcomes.get(id) ?? []).map(({ bypass }) => bypass)),
    );
    expect(bypasses.flat().every((each) => each.length === 1)).toBe(true);
    const [strangers = [], known = []] = bypasses.map((some) =>
      some.flat().filter((bypass) => bypass !== null),
    );
    // Who sheds first, Gatehouse or the dialplan (by its cap, or because no heartbeat comes), is for the machine to say.
    expect(strangers.length).toBeGreaterThan(calls / 4);
    // Beyond its own cap the dialplan sheds whoever comes; Gatehouse itself, only those whom it would challenge.
    expect(known.filter((bypass) => bypass.detail.startsWith('would be'))).toEqual([]);
    const report = (await (await fetch(`${lab.gatehouse.url}/api/report?since=1h`)).json()) as {
      byBypassReason: { reason: string; calls: number }[];
    };
    const counted = report.byBypassReason.map((one) => [one.reason, one.calls] as const);
    const all = Object.groupBy([...strangers, ...known], ({ reason }) => reason);
    expect(new Map(counted)).toEqual(
      new Map(Object.entries(all).map(([reason, of]) => [reason, of?.length])),
    );
  });

  it('afterward strangers are challenged again', async () => {
    await sleep(1000);
    const caller = await ring(stranger);
    await caller.finished();
    const outcomes = await outcomesOf(lab, [caller.callId()]);
    expect(
      outcomes.get(caller.callId())?.map(({ bypass, challenge }) => [bypass, challenge?.result]),
    ).toEqual([[null, 'gave-up']]);
  });
});
