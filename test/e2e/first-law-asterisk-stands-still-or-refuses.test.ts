import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { LabCaller } from '../../lab/caller.ts';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { liveCalls } from './live-calls.ts';
import { outcomesOf } from './outcomes.ts';

const customer = (hold: number) => ({ from: numbers.customer, to: switchboard, steps: [{ hold }] });

describe('the first law: Asterisk itself stands still, refuses us, or starts anew', () => {
  let lab: Lab;
  afterEach(async () => {
    await lab?.down();
  });

  const ready = (ms: number) =>
    until('Gatehouse to take calls', ms, async () => ((await lab.gatehouse.ready()) ? true : null), 100);

  async function msToOperators(phone: LabCaller, begun: number): Promise<number> {
    await lab.arrived([phone.callId()], 40_000);
    return Date.now() - begun;
  }

  it('stopped for 8 s with calls inside and calls that talk: Gatehouse is back, and every call is as it was', async () => {
    lab = await Lab.up({ watchdogSeconds: 60 });
    const steps = [{ pressTold: true as const }, { hold: 3000 }];
    const inside = await lab.ring({ from: '+12125550170', to: switchboard, steps }, { calls: 5, rate: 10 });
    const talking = await lab.ring(customer(16_000), { calls: 5, rate: 10 });
    await until('5 calls inside', 30_000, async () => ((await liveCalls(lab)) === 5 ? true : null));
    await sleep(1000);
    const { pid } = lab.asterisk.child;
    process.kill(pid, 'SIGSTOP');
    await sleep(8000);
    process.kill(pid, 'SIGCONT');
    // A key pressed before Asterisk and Gatehouse have found each other again is heard by no one.
    await ready(15_000);
    await until('5 calls inside', 8000, async () => ((await liveCalls(lab)) === 5 ? true : null));
    await Promise.all([1, 2, 3, 4, 5].map((n) => inside.tell('11', n)));
    const told = await Promise.all([inside.finished(), talking.finished()]);
    for (const { calls } of told)
      expect([...calls.values()].map((how) => how.join())).toEqual(Array(5).fill('answered,hung-up'));
    const ids = [1, 2, 3, 4, 5].flatMap((n) => [inside.callId(n), talking.callId(n)]);
    const outcomes = await outcomesOf(lab, ids);
    expect([...outcomes.values()].map((found) => found.length)).toEqual(Array(10).fill(1));
    for (const n of [1, 2, 3, 4, 5]) {
      const [outcome] = outcomes.get(inside.callId(n)) ?? [];
      expect(outcome).toMatchObject({ bypass: null, challenge: { result: 'passed' } });
    }
  });

  it.each([
    ['its password changed', /password = .*/g, 'password = another'],
    ['ARI was switched off', /enabled = yes/g, 'enabled = no'],
  ])('refused while the event socket lives (%s): no caller waits for the watchdog', async (_, from, to) => {
    lab = await Lab.up({ watchdogSeconds: 30 });
    const file = join(lab.dir, 'etc', 'ari.conf');
    const right = await readFile(file, 'utf8');
    await writeFile(file, right.replaceAll(from, to));
    await lab.asterisk.cli('module reload res_ari.so');
    // The first one is how we learn of it: it waits for its decision, no longer.
    const firstAt = Date.now();
    const first = await lab.ring(customer(35_000));
    const firstMs = await msToOperators(first, firstAt);
    expect(firstMs).toBeLessThan(9000);
    await until('not to be ready', 8000, async () => ((await lab.gatehouse.ready()) ? null : true), 50);
    const secondAt = Date.now();
    const second = await lab.ring(customer(1500));
    expect(await msToOperators(second, secondAt)).toBeLessThan(3000);
    await writeFile(file, right);
    await lab.asterisk.cli('module reload res_ari.so');
    await ready(30_000);
    const third = await until('a call to be screened again', 20_000, async () => {
      const phone = await lab.ring(customer(1500));
      await phone.finished();
      const [found] = (await outcomesOf(lab, [phone.callId()])).get(phone.callId()) ?? [];
      return found?.bypass === null ? found : null;
    });
    expect(third).toMatchObject({ decision: { rule: 'customers' } });
    const ids = [first.callId(), second.callId()];
    const outcomes = await outcomesOf(lab, ids, 40_000);
    const reasons = ids.map((id) => (outcomes.get(id) ?? []).map(({ bypass }) => bypass?.reason));
    // Which of these a caller meets depends on how old the last beat is, and on when we noticed.
    expect([['watchdog'], ['app-absent'], ['app-frozen']]).toContainEqual(reasons[0]);
    expect([['app-absent'], ['app-frozen']]).toContainEqual(reasons[1]);
    await first.child.stop();
  });

  it('Asterisk started anew under a running Gatehouse: both apps are there again, calls are screened and followed', async () => {
    lab = await Lab.up({ env: { GATEHOUSE_LOG_LEVEL: 'debug' } });
    await lab.asterisk.stop();
    await lab.asterisk.start();
    await lab.record();
    await ready(30_000);
    await sleep(6000);
    const phone = await lab.ring(customer(1500));
    await phone.finished();
    const [outcome] = (await outcomesOf(lab, [phone.callId()])).get(phone.callId()) ?? [];
    expect(outcome).toMatchObject({ bypass: null, decision: { rule: 'customers' } });
    await until('its later life', 30_000, async () => {
      const log = await readFile(join(lab.dir, 'log', 'gatehouse.log'), 'utf8');
      return log.includes('Call ended after its exit') ? true : null;
    });
  });
});
