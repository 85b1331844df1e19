import { describe, expect, it } from 'vitest';
import { challenge, screeningRoom, toOperators } from './screening-room.ts';

const voicemail = ['gatehouse-voicemail/screened'];

describe('press-1', () => {
  it('answers, plays the prompt after a short silence and lets a caller in who presses 1', async () => {
    const room = screeningRoom(challenge());
    const call = await room.arrive();
    expect(call.sent('answer')).toHaveLength(1);
    expect(call.sent('play').map(({ media }) => media)).toEqual([['sound:silence/1', 'sound:en/press-1']]);
    await room.clock.advance(4500);
    call.press('1');
    await room.clock.advance(10);
    expect(call.targets).toEqual(['gatehouse-connect/operators=Passed']);
    expect(room.outcome()).toMatchObject({
      challenge: {
        kind: 'press-1',
        result: 'passed',
        attempts: [
          { wanted: '1', heard: '1', result: 'right', promptAtMs: 0, firstHeardAtMs: 4500, endedAtMs: 4500 },
        ],
      },
      exit: { kind: 'connect', exit: 'operators', label: 'Passed' },
      bypass: null,
      timings: { historyMs: 0, decidedMs: 0, answeredMs: 0, exitMs: 4505 },
    });
    expect(room.outcomes.ends[0]?.passForMs).toBe(86_400_000);
  });

  it('begins with another prompt where the rule names one, and goes on with its own', async () => {
    const room = screeningRoom(challenge({ prompt: 'forged-number' }));
    const call = await room.arrive();
    await room.clock.advance(10_000);
    expect(call.sent('play').map(({ media }) => media)).toEqual([
      ['sound:silence/1', 'sound:en/forged-number'],
      ['sound:en/press-1-retry-silent'],
    ]);
    call.press('1');
    await room.clock.advance(10);
    expect(room.outcome()).toMatchObject({ challenge: { kind: 'press-1', result: 'passed' } });
  });

  it('takes a digit during the prompt, and stops the prompt before the call goes on', async () => {
    const room = screeningRoom(challenge());
    const call = await room.arrive();
    await room.clock.advance(1000);
    call.press('1');
    await room.clock.advance(10);
    expect(call.requests.map(({ name }) => name)).toEqual(['answer', 'play', 'stop', 'continue']);
    expect(room.outcome().challenge?.result).toBe('passed');
  });

  it('asks again after a wrong digit, in other words, and lets in who is right then', async () => {
    const room = screeningRoom(challenge());
    const call = await room.arrive();
    call.press('7');
    await room.clock.advance(6000);
    call.press('1');
    await room.clock.advance(10);
    expect(call.sent('play').map(({ media }) => media)).toEqual([
      ['sound:silence/1', 'sound:en/press-1'],
      ['sound:en/press-1-retry-wrong'],
    ]);
    expect(room.outcome().challenge?.attempts.map(({ result }) => result)).toEqual(['wrong', 'right']);
    expect(room.outcome().challenge?.result).toBe('passed');
  });

  it('sends a caller with wrong digits only to the fallback for failed, after telling so', async () => {
    const room = screeningRoom(
      challenge({ attempts: 2, silent: { kind: 'connect', exit: 'operators', label: null } }),
    );
    const call = await room.arrive();
    call.press('2');
    await room.clock.advance(1000);
    call.press('#');
    await room.clock.advance(4700);
    expect(call.sent('play').at(-1)?.media).toEqual(['sound:en/to-voicemail']);
    expect(call.targets).toEqual(voicemail);
    expect(room.outcome()).toMatchObject({
      challenge: { result: 'failed' },
      exit: { kind: 'voicemail', box: 'screened' },
    });
    expect(room.outcomes.ends[0]?.passForMs).toBe(0);
  });

  it('tells silence from a wrong digit', async () => {
    const room = screeningRoom(
      challenge({ attempts: 2, failed: { kind: 'connect', exit: 'operators', label: null } }),
    );
    const call = await room.arrive();
    await room.clock.advance(9000);
    expect(call.sent('play').at(-1)?.media).toEqual(['sound:en/press-1-retry-silent']);
    await room.clock.advance(13_100);
    expect(room.outcome()).toMatchObject({
      challenge: { result: 'silent', attempts: [{ result: 'silent', heard: '' }, { result: 'silent' }] },
      exit: { kind: 'voicemail' },
    });
    expect(call.targets).toEqual(voicemail);
  });

  it('counts a caller who pressed anything as failed, not silent', async () => {
    const room = screeningRoom(challenge({ attempts: 2 }));
    const call = await room.arrive();
    call.press('3');
    await room.clock.advance(30_000);
    expect(room.outcome().challenge?.result).toBe('failed');
  });

  it('plays unanswered when the rule wants early media', async () => {
    const room = screeningRoom(challenge({ earlyMedia: true }));
    const call = await room.arrive();
    call.press('1');
    await room.clock.advance(10);
    expect(call.sent('answer')).toHaveLength(0);
    expect(room.outcome().timings.answeredMs).toBeNull();
  });

  it('does not answer again a call that is answered', async () => {
    const room = screeningRoom(challenge());
    const call = await room.arrive({ answered: true });
    expect(call.requests.map(({ name }) => name)).toEqual(['play']);
  });

  it('speaks the language of the rule', async () => {
    const room = screeningRoom(challenge({ language: 'es' }));
    const call = await room.arrive();
    expect(call.sent('play')[0]?.media).toEqual(['sound:silence/1', 'sound:es/press-1']);
  });
});

describe('two random digits', () => {
  const twoDigits = challenge({ challenge: 'two-digits' });

  it('reads two different digits out and lets in who types them', async () => {
    const room = screeningRoom(twoDigits);
    const call = await room.arrive();
    expect(call.sent('play')[0]?.media[1]).toBe('sound:en/two-digits49');
    call.press('4');
    await room.clock.advance(4900);
    call.press('9');
    await room.clock.advance(10);
    expect(room.outcome()).toMatchObject({
      challenge: { result: 'passed', attempts: [{ wanted: '49', heard: '49' }] },
    });
  });

  it('lets the prompt go on after the first digit: it says what the second is to be', async () => {
    const room = screeningRoom(twoDigits);
    const call = await room.arrive();
    call.press('4');
    await room.clock.advance(0);
    expect(call.sent('stop')).toHaveLength(0);
    expect(room.screener.liveCalls()[0]?.state).toBe('prompting');
    await room.clock.advance(8500);
    call.press('9');
    await room.clock.advance(10);
    expect(room.outcome().challenge?.result).toBe('passed');
  });

  it('takes one digit and then silence for a wrong pair', async () => {
    const room = screeningRoom(challenge({ challenge: 'two-digits', attempts: 1 }));
    const call = await room.arrive();
    call.press('4');
    await room.clock.advance(13_100);
    expect(room.outcome().challenge).toMatchObject({
      result: 'failed',
      attempts: [{ heard: '4', result: 'wrong' }],
    });
    expect(call.targets).toEqual(voicemail);
  });

  it('does not let a third digit spoil the next attempt', async () => {
    const room = screeningRoom(twoDigits);
    const call = await room.arrive();
    call.press('123');
    await room.clock.advance(3000);
    expect(call.sent('play').at(-1)?.media).toEqual(['sound:en/two-digits-retry-wrong49']);
    call.press('49');
    await room.clock.advance(10);
    expect(room.outcome().challenge?.result).toBe('passed');
  });
});

describe('keys as people press them', () => {
  const cases: readonly [
    string,
    'press-1' | 'two-digits',
    readonly (string | number)[],
    string,
    readonly string[],
  ][] = [
    ['a thumb that hits 2 and then 1', 'press-1', ['2', 80, '1', 10], 'passed', ['right']],
    ['a thumb that hits 1 and then 2', 'press-1', ['12', 10], 'passed', ['right']],
    [
      'three wrong keys at once, then the right one',
      'press-1',
      ['245', 4000, '1', 10],
      'passed',
      ['wrong', 'right'],
    ],
    [
      'four wrong keys at once cost one attempt',
      'press-1',
      ['2345', 1000, '1', 10],
      'passed',
      ['wrong', 'right'],
    ],
    [
      'the digits of a habit before those that are read out',
      'two-digits',
      ['1', 3000, '49', 10],
      'passed',
      ['right'],
    ],
    [
      'one slip between the two digits is wrong',
      'two-digits',
      ['459', 700, '49', 10],
      'passed',
      ['wrong', 'right'],
    ],
    [
      'three keys to begin with are no guess each',
      'two-digits',
      ['1249', 700, '49', 10],
      'passed',
      ['wrong', 'right'],
    ],
    [
      'the second digit long after the first, within the prompt',
      'two-digits',
      ['4', 3900, '9', 10],
      'passed',
      ['right'],
    ],
    [
      'the answer to the first prompt, during the second',
      'two-digits',
      [9500, '49', 10],
      'passed',
      ['silent', 'right'],
    ],
    [
      'too late: while the announcement plays',
      'two-digits',
      [21_000, '49', 10],
      'passed',
      ['silent', 'silent', 'right'],
    ],
    [
      '1 while the announcement plays, after wrong keys',
      'press-1',
      ['2', 5000, '3', 1000, '1', 10],
      'passed',
      ['wrong', 'wrong', 'right'],
    ],
    [
      'no third guess while the announcement plays',
      'two-digits',
      ['12', 5000, '13', 1000, '49', 6000],
      'failed',
      ['wrong', 'wrong'],
    ],
    [
      'a robot that streams keys',
      'two-digits',
      ['01234567890123456789012345678901234567890123456789', 30_000],
      'failed',
      ['wrong', 'silent'],
    ],
  ];
  it.each(cases)('%s', async (_, kind, steps, result, attempts) => {
    const room = screeningRoom(challenge({ challenge: kind, attempts: 2 }));
    const call = await room.arrive();
    for (const step of steps) {
      if (typeof step === 'string') call.press(step);
      else await room.clock.advance(step);
    }
    await room.clock.advance(10);
    expect(room.outcome().challenge).toMatchObject({
      result,
      attempts: attempts.map((each) => ({ result: each })),
    });
  });
});

describe('without a challenge', () => {
  it('connects at once, unanswered', async () => {
    const room = screeningRoom({ kind: 'connect', exit: 'operators', label: 'Customer Acme' });
    const call = await room.arrive();
    await room.clock.advance(10);
    expect(call.requests.map(({ name }) => name)).toEqual(['continue']);
    expect(call.targets).toEqual(['gatehouse-connect/operators=Customer%20Acme']);
    expect(room.outcome()).toMatchObject({ challenge: null, timings: { answeredMs: null } });
  });

  it('sends to the mailbox at once: the mailbox greets by itself', async () => {
    const room = screeningRoom({ kind: 'voicemail', box: '100' });
    const call = await room.arrive();
    await room.clock.advance(10);
    expect(call.targets).toEqual(['gatehouse-voicemail/100']);
    expect(call.sent('play')).toHaveLength(0);
  });

  it('rejects at once without words', async () => {
    const room = screeningRoom({ kind: 'reject', sip: 607, announcement: null, language: 'en' });
    const call = await room.arrive();
    await room.clock.advance(10);
    expect(call.requests.map(({ name }) => name)).toEqual(['continue']);
    expect(room.outcome().exit).toEqual({ kind: 'reject', sip: 607 });
  });

  it('answers and tells the way of redress before it rejects', async () => {
    const room = screeningRoom({ kind: 'reject', sip: 608, announcement: 'redress', language: 'es' });
    const call = await room.arrive();
    await room.clock.advance(3999);
    expect(call.targets).toEqual([]);
    await room.clock.advance(20);
    expect(call.requests.map(({ name }) => name)).toEqual(['answer', 'play', 'continue']);
    expect(call.sent('play')[0]?.media).toEqual(['sound:silence/1', 'sound:es/redress']);
    expect(call.targets).toEqual(['gatehouse-reject/608']);
  });
});

it('writes one decision line a call, with the numbers masked', async () => {
  const room = screeningRoom(toOperators);
  await room.arrive();
  await room.clock.advance(10);
  expect(room.log.lines).toHaveLength(1);
  expect(room.log.lines[0]).toMatchObject({
    message: 'Call screened',
    fields: { rule: 'everyone-else', verdict: 'connect', exit: 'operators', policyVersion: 'abc123' },
  });
  expect(JSON.stringify(room.log.lines)).not.toMatch(/3175550123|3175550100/);
});
