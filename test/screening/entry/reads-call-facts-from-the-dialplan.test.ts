import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unnamedTrunk } from '../../../src/call/trunk.ts';
import { callFactsFromEntry, returnedUntil, stayFromEntry } from '../../../src/screening/entry/call-facts.ts';
import { parseEntryArgs } from '../../../src/screening/entry/entry-args.ts';

const receivedAt = 1_772_463_600_000;
const context = { node: 'node1', trunkOf: () => unnamedTrunk('US'), channelId: '1772463600.17', receivedAt };

function entry(...args: string[]) {
  return parseEntryArgs(args);
}

it('reads a call as the dialplan tells it', () => {
  const facts = callFactsFromEntry(
    entry(
      'v=1',
      'uid=1772463600.17',
      'linked=1772463600.16',
      'sip=a%40b',
      `at=${receivedAt - 40}`,
      'did=3175550100',
      'num=%2B13175550123',
      'name=ACME%2C%20INC',
      'pres=allowed_not_screened',
      'trunk=carrier',
      'patt=B',
    ),
    {
      ...context,
      trunkOf: (name) => ({
        ...unnamedTrunk('US'),
        believes: new Set(name === 'carrier' ? ['p-attestation-indicator'] : []),
      }),
    },
  );
  expect(facts).toMatchObject({
    callId: 'node1/1772463600.17',
    linkedId: '1772463600.16',
    sipCallId: 'a@b',
    now: receivedAt - 40,
    caller: { number: '+13175550123', reason: null, displayName: 'ACME, INC' },
    called: { number: '+13175550100', raw: '3175550100' },
    trunk: 'carrier',
    verification: { result: 'passed', attestation: 'B', source: 'header' },
    history: null,
    noHistoryReason: 'not-asked',
  });
});

it('reads a call of which nothing was told', () => {
  const facts = callFactsFromEntry(entry(), context);
  expect(facts).toMatchObject({
    linkedId: '1772463600.17',
    now: receivedAt,
    caller: { number: null, reason: 'unavailable' },
    called: { number: null },
  });
});

it('never throws and bounds every text, whatever the arguments hold', () => {
  const hostile = fc.string({ unit: 'binary', maxLength: 3000 });
  const keys = fc.constantFrom(
    'num',
    'name',
    'did',
    'trunk',
    'sip',
    'linked',
    'at',
    'wd',
    'pai',
    'from',
    'pres',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, hostile)), fc.string(), (pairs, region) => {
      const facts = callFactsFromEntry(entry(...pairs.map(([key, value]) => `${key}=${value}`)), {
        ...context,
        trunkOf: () => ({ ...unnamedTrunk(region), caller: 'pai' }),
      });
      expect(JSON.stringify(facts).length).toBeLessThan(6000);
    }),
  );
});

describe('the watchdog', () => {
  const watchdogAt = (...args: string[]) => stayFromEntry(entry(...args), receivedAt).watchdogAt;

  it('counts from the arrival that the dialplan saw', () => {
    expect(watchdogAt(`at=${receivedAt - 9000}`, 'wd=20')).toBe(receivedAt + 11_000);
  });

  it.each(['', 'x', '-5', '0', '1e3', '999999', '12.5'])('is 44 s when the dialplan says "%s"', (wd) => {
    expect(watchdogAt(`wd=${wd}`)).toBe(receivedAt + 44_000);
  });

  it.each(['', 'x', '0', `${receivedAt + 5000}`, '1500000000000', '99999999999999999999'])(
    'counts from now when the arrival "%s" cannot be',
    (at) => {
      expect(watchdogAt(`at=${at}`, 'wd=30')).toBe(receivedAt + 30_000);
    },
  );

  it('is the short one of the decision, until the app asked for the time of a challenge', () => {
    const stay = (...more: string[]) => stayFromEntry(entry('wd=40', 'dd=5', ...more), receivedAt);
    expect(stay()).toEqual({ stage: 'decision', watchdogAt: receivedAt + 5000, interrupted: false });
    const until = receivedAt + 40_000;
    expect(stay('stage=challenge', 'step=press-1')).toEqual({
      stage: 'challenge',
      watchdogAt: until,
      interrupted: false,
    });
    expect(stay('stage=challenge', 'step=press-1=interrupted').interrupted).toBe(true);
  });

  it('is never over at once for a call that has just come back for its challenge', () => {
    const fields = entry(`at=${receivedAt - 43_000}`, 'wd=40', 'dd=5', 'stage=challenge', 'step=press-1');
    expect(returnedUntil(fields, receivedAt)).toBe(receivedAt + 1000);
  });
});
