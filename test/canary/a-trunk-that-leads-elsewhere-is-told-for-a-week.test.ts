import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TrunkWatch } from '../../src/canary/trunk-watch.ts';
import { silentLog } from '../../src/log/log.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const day = 86_400_000;

function site(file: string) {
  const state = { now: Date.UTC(2026, 2, 2), contexts: { carrier: 'gatehouse-in', phone: 'internal' } };
  const make = () =>
    new TrunkWatch({
      file,
      endpoints: async () => Object.keys(state.contexts),
      now: () => state.now,
      log: silentLog,
    });
  const read = async (expression: string) => {
    const name = /^PJSIP_ENDPOINT\((\w+),context\)$/.exec(expression)?.[1] ?? '';
    return (state.contexts as Record<string, string>)[name] ?? '';
  };
  return { state, make, read };
}

test('also after a restart, and no longer than a week', async () => {
  const { state, make, read } = site(join(temporaryFolder(), 'trunks.json'));
  expect(await make().faults(read)).toEqual([]);
  state.contexts.carrier = 'from-carrier';
  const restarted = make();
  expect((await restarted.faults(read)).map(({ where }) => where)).toEqual(['trunk carrier']);
  state.now += 6 * day;
  expect(await restarted.faults(read)).toHaveLength(1);
  state.now += 2 * day;
  expect(await restarted.faults(read)).toEqual([]);
});

test('one that is removed is no fault, and a phone never is', async () => {
  const { state, make, read } = site(join(temporaryFolder(), 'trunks.json'));
  const watch = make();
  await watch.faults(read);
  state.contexts = { phone: 'elsewhere' } as typeof state.contexts;
  expect(await watch.faults(read)).toEqual([]);
});
