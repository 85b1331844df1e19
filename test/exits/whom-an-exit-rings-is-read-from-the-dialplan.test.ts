import { expect, test } from 'vitest';
import { ringingOf } from '../../src/exits/people.ts';

type Contexts = Readonly<Record<string, readonly string[]>>;

function asterisk(contexts: Contexts, values: Readonly<Record<string, string>> = {}) {
  return {
    read: async (expression: string) => values[expression] ?? '',
    config: async (_: string, section: string, name: string, index = 0) =>
      (name === 'exten' ? (contexts[section] ?? []) : [])[index] ?? '',
  };
}
const problems = async (contexts: Contexts, values?: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    (await ringingOf(asterisk(contexts, values), 'exit')).map(({ name, problem }) => [name, problem]),
  );

test('queues', async () => {
  const contexts = { exit: ['_X!,1,TryExec(Queue(switchboard,,,,300))'] };
  const exists = { 'QUEUE_EXISTS(switchboard)': '1' };
  expect(await problems(contexts)).toEqual({ 'Queue(switchboard)': 'queue-missing' });
  expect(await problems(contexts, { ...exists, 'QUEUE_MEMBER(switchboard,logged)': '0' })).toEqual({
    'Queue(switchboard)': 'queue-empty',
  });
  expect(await problems(contexts, { ...exists, 'QUEUE_MEMBER(switchboard,logged)': '2' })).toEqual({
    'Queue(switchboard)': null,
  });
});

test('phones, also through other contexts, globals and the context from before', async () => {
  const contexts = {
    exit: ['_X!,1,Goto(other,${EXTEN},1)'],
    other: ['_X!,1,Dial(${DESK}&PJSIP/42@trunk,60)', '_X!,2,Goto(gatehouse-fallback,s,1)'],
    before: ['_X!,1,Dial(${PJSIP_DIAL_CONTACTS(night)},60)'],
  };
  const values = {
    'GLOBAL(DESK)': 'PJSIP/desk',
    'GLOBAL(GATEHOUSE_FALLBACK)': 'before',
    'DEVICE_STATE(PJSIP/desk)': 'UNAVAILABLE',
    'DEVICE_STATE(PJSIP/trunk)': 'NOT_INUSE',
    'DEVICE_STATE(PJSIP/night)': 'INVALID',
  };
  expect(await problems(contexts, values)).toEqual({
    'PJSIP/desk': 'unregistered',
    'PJSIP/trunk': null,
    'PJSIP/night': 'unregistered',
  });
});

test('what a site computes may be where somebody answers; contexts in a circle end', async () => {
  const gone = { 'DEVICE_STATE(PJSIP/desk)': 'UNAVAILABLE' };
  const contexts = { exit: ['_X!,1,Dial(PJSIP/desk&PJSIP/${ARG1},60)', '_X!,2,Goto(exit,${EXTEN},1)'] };
  expect(Object.values(await problems(contexts, gone))).toContain(null);
  expect(await problems({ exit: ['_X!,1,NoOp()'] })).toEqual({});
});
