import { expect, test } from 'vitest';
import { CanaryCalls } from '../../src/canary/canary-calls.ts';
import type { CanaryLine } from '../../src/canary/canary-line.ts';
import { FakeCall } from '../fakes/fake-call.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const toOperators = { kind: 'connect', exit: 'operators', label: null } as const;

/** An Asterisk whose dialplan stops the call at the door of the operators. */
function asterisk() {
  const clock = new FakeClock();
  const placed: { id: string; number: string }[] = [];
  const hungUp: string[] = [];
  let atDoor = false;
  const variables: Record<string, string> = { GATEHOUSE_TO: 'operators', GATEHOUSE_AT: 'operators' };
  const reachDoor = () => {
    atDoor = true;
  };
  const line: CanaryLine = {
    place: async (id, number) => {
      placed.push({ id, number });
    },
    read: async (_, expression) => (atDoor ? (variables[expression] ?? '') : ''),
    playEnd: async () => {},
    hangUp: async (id) => {
      hungUp.push(id);
    },
    endpoints: async () => [],
    modules: async () => [],
    close: async () => {},
  };
  const calls = new CanaryCalls(line, clock);
  const arrive = (id: string) => {
    const call = new FakeCall(clock, { facts: { callId: `lab/${id}` } });
    return { call, taken: calls.takes(call.arrived) };
  };
  return { clock, calls, placed, hungUp, arrive, reachDoor };
}

test('it is sent to the exit as a caller is, and hung up at the door', async () => {
  const { calls, placed, hungUp, arrive, reachDoor } = asterisk();
  const walked = calls.walk('+13175550100', toOperators, async ({ at, to, why }) => ({ at, to, why }));
  await Promise.resolve();
  const [{ id = '', number = '' } = {}] = placed;
  expect(number).toBe('+13175550100');
  expect(id).toMatch(/^gatehouse-canary-[0-9a-f]{32}$/);
  const { call, taken } = arrive(id);
  await expect.poll(() => call.targets).toEqual(['gatehouse-connect/operators=']);
  reachDoor();
  expect([taken, arrive(id).taken]).toEqual([true, true]);
  expect(await walked).toEqual({ at: 'operators', to: 'operators', why: '' });
  expect(hungUp).toEqual([id]);
});

test('a caller is never one, whatever he sends; an id that looks like one and is not ours is hung up', () => {
  const { arrive, hungUp } = asterisk();
  expect(arrive('1772463600.12').taken).toBe(false);
  expect(arrive('PJSIP-gatehouse-canary-1').taken).toBe(false);
  expect(hungUp).toEqual([]);
  const forged = `gatehouse-canary-${'0'.repeat(32)}`;
  expect(arrive(forged).taken).toBe(true);
  expect(hungUp).toEqual([forged]);
});

test('one that does not arrive is given up in seconds', async () => {
  const { clock, calls, hungUp } = asterisk();
  const walked = calls.walk('100', toOperators, async () => 'seen').catch((error: Error) => error.message);
  await expect.poll(() => clock.pending).toBeGreaterThan(0);
  await clock.advance(5_000);
  expect(await walked).toMatch(/no answer within 5000 ms/);
  expect(hungUp).toHaveLength(1);
});
