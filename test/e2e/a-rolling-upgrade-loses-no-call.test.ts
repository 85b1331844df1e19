import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { gatehouseEntry } from '../../lab/gatehouse.ts';
import type { Lab } from '../../lab/lab.ts';
import { rollingUpgrade, TwoNodes } from '../../lab/upgrade/rolling-upgrade.ts';
import { outcomesOf } from './outcomes.ts';

let site: TwoNodes;
beforeAll(async () => {
  site = await TwoNodes.up();
});
afterAll(() => site?.down());

async function call(lab: Lab) {
  const caller = await lab.ring({ from: numbers.customer, to: switchboard, steps: [{ hold: 500 }] });
  const [arrival] = await lab.arrived([caller.callId()], 8000);
  await caller.finished();
  return { id: caller.callId(), callerName: arrival?.callerName, exit: arrival?.exit };
}

it('two nodes get another program one after the other while callers ring: nobody is lost, each call is recorded once', async () => {
  const plan = { before: gatehouseEntry, after: gatehouseEntry, rate: 4, calls: 30 };
  const { calls } = await rollingUpgrade(site, plan);
  const ids = [...calls.keys()];
  expect([...calls].filter(([, { exit }]) => exit !== 'operators')).toEqual([]);
  const outcomes = await outcomesOf(site.first, ids, 40_000);
  expect(ids.filter((id) => outcomes.get(id)?.length !== 1)).toEqual([]);
  // Unscreened are only calls that came, or were inside, while their node had no program, or one that was just starting.
  const reasons = new Set([...outcomes.values()].flatMap(([one]) => one?.bypass?.reason ?? []));
  const ofProgram = ['draining', 'app-absent', 'app-frozen'];
  // What a busy machine makes of the start.
  const ofMachine = ['overload', 'ari-failed', 'watchdog'];
  expect([...reasons].filter((reason) => ![...ofProgram, ...ofMachine].includes(reason))).toEqual([]);
  for (const lab of site.labs) expect((await call(lab)).callerName).not.toContain('Not screened');
});

it('a dialplan of another version: its calls go to the operators, and health says so until it is ours again', async () => {
  const lab = site.first;
  const file = join(lab.dir, 'etc', 'gatehouse', 'gatehouse.conf');
  const ours = await readFile(file, 'utf8');
  const version = () =>
    until('health', 10_000, async () => {
      const reply = await fetch(`${lab.gatehouse.url}/healthz`);
      const { otherDialplan } = (await reply.json()) as { otherDialplan: { version: string } | null };
      return { version: otherDialplan?.version ?? null };
    });
  await writeFile(file, ours.replaceAll('GATEHOUSE_FACTS=v=1,', 'GATEHOUSE_FACTS=v=7,'));
  await lab.asterisk.cli('dialplan reload');
  const foreign = await call(lab);
  expect(foreign).toMatchObject({ exit: 'operators', callerName: expect.stringContaining('Not screened') });
  expect(await version()).toEqual({ version: '7' });
  const [outcome] = (await outcomesOf(lab, [foreign.id])).get(foreign.id) ?? [];
  expect(outcome?.bypass?.reason).toBe('no-exit');

  await writeFile(file, ours);
  await lab.asterisk.cli('dialplan reload');
  expect((await call(lab)).callerName).not.toContain('Not screened');
  expect(await version()).toEqual({ version: null });
});
