import { expect, it } from 'vitest';
import { callColumns } from '../../src/call/call-columns.ts';
import type { CallRecord } from '../../src/call/call-records.ts';
import { dispositionOf } from '../../src/call/disposition.ts';
import { sampleOutcome } from '../fakes/sample-outcome.ts';

function reasonOf(record: Partial<CallRecord>) {
  const column = callColumns.find(({ command }) => command?.[0] === 'reason');
  return column?.value({ outcome: sampleOutcome('n1/1'), afterExit: null, ...record });
}

it('a call that bypassed screening has its reason, a screened one has none', () => {
  const outcome = { ...sampleOutcome('n1/1'), bypass: { reason: 'app-absent', detail: '' } as const };
  expect(reasonOf({ outcome })).toMatchObject({ word: 'app-absent' });
  expect(reasonOf({})).toMatchObject({ word: null });
});

it('a call that ended elsewhere than it was sent has the reason of that', () => {
  const realExit = { at: 1, asked: 'gatehouse-voicemail,general', why: 'box-full' };
  expect(reasonOf({ realExit: { ...realExit, to: { kind: 'operators' } } })).toMatchObject({
    word: 'box-full',
  });
});

it.each(['gatehouse-voicemail', 'gatehouse-exit', 'gatehouse-reject'])(
  'a call whose time for a decision ran out at the door of [%s] was not screened, whatever became of it then',
  (asked) => {
    const { exit, bypass } = sampleOutcome('n1/1');
    for (const why of ['watchdog', 'no-answer'])
      expect(dispositionOf({ exit, bypass }, { at: 1, asked, to: { kind: 'operators' }, why })).toBe(
        'bypassed',
      );
  },
);

it('a call that went to the exit that was decided was screened', () => {
  const { exit, bypass } = sampleOutcome('n1/1');
  for (const asked of ['gatehouse-exit,operators', 'gatehouse-release,none of our reasons', ''])
    expect(
      dispositionOf({ exit, bypass }, { at: 1, asked, to: { kind: 'operators' }, why: 'app-silent' }),
    ).toBe('connected');
});
