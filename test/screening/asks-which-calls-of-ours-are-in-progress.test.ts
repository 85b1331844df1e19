import { expect, it } from 'vitest';
import { ownCallOutFrom, ownCallsVariable } from '../../src/ari/own-calls.ts';
import { signalsOf } from '../../src/policy/signals.ts';
import { callFrom, policyAsking } from '../policy/policy-fixture.ts';
import { screeningRoom, toOperators } from './screening-room.ts';

const isOwnNumber = (number: string) => number.startsWith('+131755501');
const own = callFrom('+13175550104').caller;
const stranger = callFrom('+12025550143').caller;

it.each([true, false, null])('Asterisk says %s of a number of ours', async (isOwnCallOut) => {
  const room = screeningRoom(toOperators, { isOwnNumber });
  await room.arrive({ facts: { caller: own } }, (call) => {
    call.isOwnCallOut = isOwnCallOut;
  });
  expect(room.decided[0]?.signals?.ownCallOut).toBe(isOwnCallOut ?? undefined);
  await room.clock.advance(50);
  expect(room.outcome().facts.signals?.ownCallOut).toBe(isOwnCallOut ?? undefined);
});

it('nobody asks about a number that is none of ours, or withheld', async () => {
  const withheld = callFrom('anonymous').caller;
  for (const caller of [stranger, withheld]) {
    const room = screeningRoom(toOperators, { isOwnNumber });
    const call = await room.arrive({ facts: { caller } });
    expect(call.requests.map(({ name }) => name)).not.toContain('own-call');
  }
});

it('an Asterisk that does not answer delays the call no longer than the history may, and nothing is known', async () => {
  const room = screeningRoom(toOperators, { isOwnNumber });
  const call = await room.arrive({ facts: { caller: own } }, (made) => {
    made.script = ({ name }) => (name === 'own-call' ? 'never' : 'ok');
  });
  await room.clock.advance(149);
  expect(room.decided).toEqual([]);
  await room.clock.advance(20);
  expect(room.decided).toMatchObject([{ history: { passUntil: null } }]);
  expect(room.decided[0]?.signals).toBeUndefined();
  expect(call.targets).toEqual(['gatehouse-connect/operators=']);
});

it.each(['gone', 'refused', 'connection', 'throw'] as const)(
  'a request that fails (%s) costs nothing but the answer',
  async (reply) => {
    const room = screeningRoom(toOperators, { isOwnNumber });
    const call = await room.arrive({ facts: { caller: own } }, (made) => {
      made.script = ({ name }) => (name === 'own-call' ? reply : 'ok');
    });
    expect(room.decided).toMatchObject([{ history: { passUntil: null } }]);
    expect(room.decided[0]?.signals).toBeUndefined();
    expect(call.targets).toEqual(['gatehouse-connect/operators=']);
  },
);

it('it stands beside what else the call shows', async () => {
  const policy = policyAsking('{ caller: { claims: agency } }', { 'decoys.txt': '+13175550100\n' });
  const room = screeningRoom(toOperators, { isOwnNumber, signals: (facts) => signalsOf(facts, policy) });
  const facts = callFrom('+13175550104', { name: 'IRS' });
  await room.arrive({ facts: { caller: facts.caller, called: facts.called } }, (call) => {
    call.isOwnCallOut = false;
  });
  expect(room.decided[0]?.signals).toEqual({
    decoy: true,
    claimed: { group: 'agency', name: 'IRS' },
    ownCallOut: false,
  });
});

it('what is asked of Asterisk has digits of the number only, and its answer is read with care', () => {
  expect(ownCallsVariable('+13175550104')).toBe(
    'EVAL(${GATEHOUSE_OUT_SEEN}/${GROUP_COUNT(5550104@gatehouse-out)}/${GROUP_COUNT(any@gatehouse-out)})',
  );
  expect(ownCallsVariable('+1)${SHELL(id)}55501')).not.toContain('SHELL');
  for (const [value, known] of [
    ['/0/0', null],
    ['1/0/0', false],
    ['1/2/0', true],
    ['1/2/3', true],
    ['1/0/3', null],
    ['', null],
    ['1/x/0', null],
    ['1/-1/0', null],
  ] as const)
    expect([value, ownCallOutFrom(value)]).toEqual([value, known]);
});
