import { describe, expect, it } from 'vitest';
import { callStories, operatorViews } from '../../lab/chaos/call-story.ts';
import { callerKinds } from '../../lab/chaos/caller-kinds.ts';
import { type Judgment, judge, type Outage } from '../../lab/chaos/compare.ts';
import { complaints, summarize } from '../../lab/chaos/summary.ts';
import type { CallRecord } from '../../src/call/call-records.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { sampleOutcome } from '../fakes/sample-outcome.ts';

const t0 = Date.UTC(2026, 2, 2, 9, 30);
const callId = '1-caller';

interface Told {
  readonly kind?: string;
  readonly presses?: readonly number[];
  /** `S` or `R`, method, status (0: a request), ms after the INVITE. */
  readonly sip?: readonly (readonly ['S' | 'R', string, number, number])[];
  readonly arrived?: readonly (readonly [exit: string, ms: number, name?: string])[];
  /** ms after the INVITE: rings, is answered, is over. */
  readonly phone?: readonly [number, number | null, number | null];
}

function story({ kind: id = 'presses-in-prompt', presses = [2500], sip = [], arrived = [], phone }: Told) {
  const kind = callerKinds.find((one) => one.id === id);
  if (kind === undefined) throw new Error(id);
  const messages = ([['S', 'INVITE', 0, 0], ['R', 'INVITE', 100, 1], ...sip] as const).map(
    ([direction, method, status, ms]) => ({
      at: t0 + ms,
      isSent: direction === 'S',
      callId,
      method,
      status: status === 0 ? null : status,
    }),
  );
  const arrivals = arrived.map(([exit, ms, callerName = 'Passed: Jo']) => ({
    ...{ time: new Date(t0 + ms).toISOString(), callId, exit, callerName, uniqueId: '1.1' },
    ...{ callerNumber: '+12125550100', calledNumber: '+13175550100' },
  }));
  const operators = phone && {
    ...{ linkedId: '1.1', from: '', rangAt: t0 + phone[0] },
    ...{ answeredAt: phone[1] && t0 + phone[1], endedAt: phone[2] && t0 + phone[2] },
  };
  const view = { callId, kind, number: '+12125550100', messages, presses: presses.map((ms) => t0 + ms) };
  const [made] = callStories([view], arrivals, operators === undefined ? [] : [operators]);
  if (made === undefined) throw new Error('no story');
  return made;
}

const passed: Told = {
  sip: [
    ['R', 'INVITE', 200, 10],
    ['R', 'BYE', 0, 6000],
  ],
  arrived: [['operators', 3000]],
  phone: [3010, 3210, 5990],
};

function record(changes: Partial<Outcome> = {}, afterExit: CallRecord['afterExit'] = null): CallRecord {
  return { outcome: sampleOutcome('n1/1.1', changes), afterExit };
}

const found = (told: Told, records: readonly CallRecord[], outages: readonly Outage[] = []) => [
  ...new Set(judge(story(told), records, outages).findings.map(({ fault }) => fault)),
];
const hungUp = { exit: { kind: 'none', reason: 'caller-hung-up' } } as const;
const voicemail = { exit: { kind: 'voicemail', box: 'general' } } as const;
const watchdog = { bypass: { reason: 'watchdog', detail: '' } } as const;

describe('a call of a chaos run', () => {
  it('that passed, was answered and is recorded so has nothing to say', () => {
    const judgment = judge(story(passed), [record({}, { answeredMs: 3200, talkMs: 2800, cause: 16 })], []);
    expect(judgment.findings).toEqual([]);
    expect(judgment.waitMs).toBe(3010);
  });

  it('without a record is missing, with two it is doubled', () => {
    expect(found(passed, [])).toEqual(['missing']);
    expect(found(passed, [record(), record()])).toEqual(['doubled']);
  });

  it.each<[string, Told]>([
    [
      'cut off before anybody',
      {
        sip: [
          ['R', 'INVITE', 200, 10],
          ['R', 'BYE', 0, 900],
        ],
      },
    ],
    ['refused with 503', { sip: [['R', 'INVITE', 503, 10]] }],
    ['never answered at all', {}],
    [
      'waiting until its patience is over',
      {
        sip: [
          ['S', 'CANCEL', 0, 52_000],
          ['R', 'INVITE', 487, 52_001],
        ],
      },
    ],
    [
      'turned away, though not on a block list',
      { sip: [['R', 'INVITE', 607, 30]], arrived: [['rejected', 20]] },
    ],
  ])('is lost when it was %s', (_, told) => {
    expect(found(told, [record({ exit: { kind: 'none', reason: 'unaccounted' } })])).toEqual(['lost']);
  });

  it('that Asterisk took with it is not lost, and needs no record', () => {
    const told: Told = { sip: [['R', 'INVITE', 200, 10]] };
    const outage = { from: t0 + 1000, to: t0 + 3000 };
    const judgment = judge(story(told), [], [outage]);
    expect(judgment.findings).toEqual([]);
    expect(judgment.endedWithAsterisk).toBe(true);
  });

  it('of a caller who gives up at once is not lost', () => {
    const told: Told = {
      kind: 'hangs-up-in-prompt',
      presses: [],
      sip: [
        ['R', 'INVITE', 200, 10],
        ['S', 'BYE', 0, 1510],
      ],
    };
    expect(found(told, [record({ ...hungUp, challenge: null })])).toEqual([]);
  });

  it.each<[string, Told, CallRecord]>([
    ['hung up, and an operator answered', passed, record(hungUp)],
    ['bypassed, and the phone showed that it passed', passed, record(watchdog)],
    ['voicemail, and an operator answered', passed, record(voicemail)],
    ['nobody, and an operator answered', passed, record({}, { answeredMs: null, talkMs: 0, cause: 16 })],
    ['answered after an hour', passed, record({}, { answeredMs: 3_600_000, talkMs: 1, cause: 16 })],
    [
      'screened, and the phone said Not screened',
      { ...passed, arrived: [['operators', 3000, 'Not screened: Jo']] },
      record(),
    ],
    ['operators, and it was a mailbox', { sip: passed.sip ?? [], arrived: [['voicemail', 3000]] }, record()],
    ['passed, and no key was pressed', { ...passed, presses: [] }, record()],
  ])('is contradicted when its record says %s', (_, told, one) => {
    expect(found(told, [one])).toEqual(['contradicted']);
  });

  it('waits for the mailbox when it sends no audio, which a mailbox listens to for seconds, and else for a person', () => {
    const told: Told = {
      ...passed,
      arrived: [
        ['voicemail', 3000],
        ['operators', 7000],
      ],
      phone: [7010, 7200, 9000],
    };
    expect(judge(story(told), [record()], []).waitMs).toBe(3000);
    expect(judge(story({ ...told, kind: 'silent' }), [record()], []).waitMs).toBe(7010);
  });

  it('that a mailbox sent on, and nobody took, is lost, and not at the mailbox', () => {
    const told: Told = {
      sip: [
        ['R', 'INVITE', 200, 10],
        ['S', 'BYE', 0, 52_000],
      ],
      arrived: [
        ['voicemail', 3000],
        ['operators', 7000],
      ],
    };
    const judgment = judge(story(told), [record()], []);
    expect(judgment.findings.map(({ fault }) => fault)).toEqual(['lost']);
  });

  it('waits from when Asterisk has it, when that was away before it answered anything', () => {
    const outage = { from: t0 - 5000, to: t0 + 500 };
    expect(judge(story(passed), [record()], [outage]).waitMs).toBe(3009);
    const during = { from: t0 + 0.5, to: t0 + 0.7 };
    expect(judge(story(passed), [record()], [during]).waitMs).toBe(3009);
    const after = { from: t0 + 2, to: t0 + 9 };
    expect(judge(story(passed), [record()], [after]).waitMs).toBe(3010);
  });

  it('pressed in vain when it was asked for 1, pressed, and got to a mailbox', () => {
    const told: Told = { sip: passed.sip ?? [], arrived: [['voicemail', 3000]] };
    const asked = (kind: 'press-1' | 'two-digits'): CallRecord =>
      record({ ...voicemail, challenge: { kind, language: 'en', attempts: [], result: 'failed' } });
    const unasked = record({ ...voicemail, challenge: null });
    const inVain = (one: CallRecord): boolean => judge(story(told), [one], []).lostItsPress;
    expect([asked('press-1'), asked('two-digits'), unasked].map(inVain)).toEqual([true, false, false]);
  });

  it('whose record knows one step more than Asterisk came to before it died is not contradicted', () => {
    const told: Told = { sip: passed.sip ?? [], arrived: [['voicemail', 3000]] };
    const on = { at: t0 + 5000, asked: 'gatehouse-voicemail,general', to: { kind: 'operators' } } as const;
    const noted: CallRecord = { ...record(voicemail), realExit: { ...on, why: 'mailbox-failed' } };
    expect(found(told, [noted], [{ from: t0 + 6600, to: t0 + 9000 }])).toEqual([]);
    expect(found(told, [noted])).toEqual(['contradicted']);
    expect(found(told, [noted], [{ from: t0 + 4000, to: t0 + 4500 }])).toEqual(['contradicted']);
  });

  it('whose record says that it does not know is counted, and no more', () => {
    const judgment = judge(story(passed), [record({ exit: { kind: 'none', reason: 'unaccounted' } })], []);
    expect(judgment.findings).toEqual([]);
    expect(judgment.isUnknown).toBe(true);
  });
});

describe('a chaos run', () => {
  const waited = (ms: number, kind: string): Judgment =>
    judge(story({ ...passed, kind, phone: [ms, ms + 200, ms + 900] }), [record()], []);

  it('is not as wanted when a caller waits over 45 s, or known callers over 8 s', () => {
    const summary = summarize([waited(46_000, 'silent'), waited(9000, 'staff')]);
    expect(summary).toMatchObject({ waitSecondsMax: 46, waitSecondsP99: { known: 9, staff: 9, silent: 46 } });
    expect(complaints(summary)).toEqual(['a caller waited 46 s', 'known callers waited 9 s at p99']);
    expect(complaints(summarize([waited(40_000, 'silent'), waited(7000, 'staff')]))).toEqual([]);
  });

  it('reads from the operators’ phone who was answered, and not an ACK of a cancelled call', () => {
    const message = (ms: number, isSent: boolean, method: string, status: number | null) => ({
      ...{ at: t0 + ms, isSent, callId: 'leg', method, status },
    });
    const cancelled = [message(0, false, 'INVITE', null), message(1, true, 'INVITE', 180)];
    cancelled.push(message(90, false, 'CANCEL', null), message(91, true, 'INVITE', 487));
    cancelled.push(message(92, false, 'ACK', null));
    const rang = [{ linkedId: '1.1', callId: 'leg', from: '' }];
    expect(operatorViews(rang, cancelled)).toEqual([
      { linkedId: '1.1', from: '', rangAt: t0, answeredAt: null, endedAt: t0 + 90 },
    ]);
  });
});
