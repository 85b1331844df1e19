import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callFactsFromEntry, watchdogAtFromEntry } from '../../src/screening/call-facts.ts';
import { parseEntryArgs } from '../../src/screening/entry-args.ts';

const receivedAt = 1_772_463_600_000;
const context = { node: 'node1', defaultRegion: 'US', channelId: '1772463600.17', receivedAt };

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
    context,
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
    fc.property(fc.array(fc.tuple(keys, hostile)), fc.string(), (pairs, defaultRegion) => {
      const facts = callFactsFromEntry(entry(...pairs.map(([key, value]) => `${key}=${value}`)), {
        ...context,
        defaultRegion,
      });
      expect(JSON.stringify(facts).length).toBeLessThan(6000);
    }),
  );
});

describe('the watchdog', () => {
  it('counts from the arrival that the dialplan saw', () => {
    expect(watchdogAtFromEntry(entry(`at=${receivedAt - 9000}`, 'wd=20'), receivedAt)).toBe(
      receivedAt + 11_000,
    );
  });

  it.each(['', 'x', '-5', '0', '1e3', '999999', '12.5'])('is 60 s when the dialplan says "%s"', (wd) => {
    expect(watchdogAtFromEntry(entry(`wd=${wd}`), receivedAt)).toBe(receivedAt + 60_000);
  });

  it.each(['', 'x', '0', `${receivedAt + 5000}`, '1500000000000', '99999999999999999999'])(
    'counts from now when the arrival "%s" cannot be',
    (at) => {
      expect(watchdogAtFromEntry(entry(`at=${at}`, 'wd=30'), receivedAt)).toBe(receivedAt + 30_000);
    },
  );
});
