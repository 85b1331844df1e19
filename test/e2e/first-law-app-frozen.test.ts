import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { LabCaller } from '../../lab/caller.ts';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { liveCalls } from './live-calls.ts';
import { outcomesOf } from './outcomes.ts';
import { TcpProxy } from './tcp-proxy.ts';

const watchdogSeconds = 20;
const stranger = '+12125550170';

describe('the first law, 8: Gatehouse is frozen, or cut off without a word', () => {
  let lab: Lab;
  let wire: TcpProxy | null = null;
  afterEach(async () => {
    await lab?.down();
    await wire?.close();
    wire = null;
  });

  const ring = (from: string, holdMs: number): Promise<LabCaller> =>
    lab.ring({ from, to: switchboard, steps: [{ hold: holdMs }] });

  /** Epoch ms at which the dialplan sent the call to the operators. */
  const arrival = async (phone: LabCaller): Promise<number> => {
    const [found] = await lab.arrived([phone.callId()], 40_000);
    return Date.parse(found?.time ?? '');
  };

  async function standstill(freeze: () => void, thaw: () => void): Promise<void> {
    const asked = await ring(stranger, 40_000);
    await until('the challenged call inside', 8000, async () => ((await liveCalls(lab)) === 1 ? true : null));
    await sleep(500);
    const frozenAt = Date.now();
    freeze();
    const early = await ring(numbers.customer, 30_000);
    const earlyAt = Date.now();
    // Its decision is late after 5 s, which the dialplan takes for a standstill.
    expect((await arrival(early)) - earlyAt).toBeLessThan(8000);
    const next = await ring(stranger, 1500);
    const nextAt = Date.now();
    expect((await arrival(next)) - nextAt).toBeLessThan(1500);
    await sleep(Math.max(0, frozenAt + 8000 - Date.now()));
    const late = await ring(stranger, 1500);
    const lateAt = Date.now();
    expect((await arrival(late)) - lateAt).toBeLessThan(1500);
    expect((await arrival(asked)) - frozenAt).toBeLessThan((watchdogSeconds + 3) * 1000);
    thaw();
    await until('Gatehouse to take calls', 20_000, async () => ((await lab.gatehouse.ready()) ? true : null));
    const after = await until('a call to be screened again', 20_000, async () => {
      const phone = await ring(numbers.customer, 1000);
      await phone.finished();
      const [found] = (await outcomesOf(lab, [phone.callId()])).get(phone.callId()) ?? [];
      return found?.bypass === null ? found : null;
    });
    expect(after).toMatchObject({ decision: { rule: 'customers' } });
    const ids = [asked, early, next, late].map((phone) => phone.callId());
    const outcomes = await outcomesOf(lab, ids, 30_000);
    const reasons = ids.map((id) => (outcomes.get(id) ?? []).map(({ bypass }) => bypass?.reason));
    expect(reasons).toEqual([['watchdog'], ['watchdog'], ['app-frozen'], ['app-frozen']]);
    await Promise.all([asked.child.stop(), early.child.stop()]);
  }

  it('stopped as a whole: who is inside waits for seconds, who comes later does not wait', async () => {
    lab = await Lab.up({ watchdogSeconds });
    const { pid } = lab.gatehouse.child;
    await standstill(
      () => process.kill(pid, 'SIGSTOP'),
      () => process.kill(pid, 'SIGCONT'),
    );
  });

  it('the link to Asterisk dead without a word: the same', async () => {
    lab = await Lab.up({ watchdogSeconds, gatehouse: false });
    const cut = await TcpProxy.to(lab.asterisk.plan.httpPort);
    wire = cut;
    lab.gatehouse.plan.env.GATEHOUSE_ARI_URL = `http://127.0.0.1:${cut.port}`;
    await lab.gatehouse.start();
    await standstill(
      () => cut.stall(),
      () => {
        cut.reset();
        cut.resume();
      },
    );
  });
});
