import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { baseDictionary } from '../../src/records/base-dictionary.ts';
import { flatJson, jsonOfFlat } from '../../src/records/flat-json.ts';
import { LearntDictionaries } from '../../src/records/learnt-dictionaries.ts';
import {
  neededDictionary,
  packDictionary,
  packRecord,
  unpackDictionary,
  unpackRecord,
} from '../../src/records/packed-record.ts';
import type { Outcome } from '../../src/screening/outcome.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { sampleOutcome } from './sample-outcome.ts';
import { variedOutcome } from './varied-outcome.ts';

const now = Date.UTC(2026, 2, 2, 9, 30);

function learnt(outcomes: readonly Outcome[]) {
  const dictionaries = new LearntDictionaries();
  for (const outcome of outcomes) {
    const dictionary = dictionaries.for(outcome);
    if (dictionary !== null) return dictionary;
  }
  return null;
}

function varied(count: number): Outcome[] {
  const random = seeded(1);
  return Array.from({ length: count }, (_, index) => {
    const outcome = variedOutcome(index, now + index * 1000, random);
    const { decision, facts } = outcome;
    return {
      ...outcome,
      decision: decision && { ...decision, policyVersion: 'one', listedName: 'WHISTLER, JO' },
      facts: { ...facts, caller: { ...facts.caller, displayName: 'WHISTLER, JO 317-555-0163' } },
      exit: { kind: 'connect', exit: 'operators', label: 'Passed: WHISTLER, JO' },
    };
  });
}

test('records that were packed with the built-in dictionary stay readable: it never changes', () => {
  expect(createHash('sha256').update(baseDictionary).digest('hex')).toBe(
    '69880f2dc831fd2ef6ee7400931e14fd5623c79e9e06d48ed37462065f9f0ab0',
  );
});

test('what comes back is the same JSON to the letter, with and without a learnt dictionary', () => {
  const outcomes = varied(500);
  const dictionary = learnt(outcomes);
  expect(dictionary).not.toBeNull();
  if (dictionary === null) return;
  const stored = unpackDictionary(dictionary.id, packDictionary(dictionary));
  const hostile = sampleOutcome('n1/hostile', {
    node: '\u0000\u202e"\\,${EXTEN}\u001b[31m\ufffd'.repeat(200),
  });
  let bytes = 0;
  for (const outcome of [...outcomes, hostile]) {
    const json = JSON.stringify(outcome);
    const packed = packRecord(outcome, dictionary);
    expect(neededDictionary(packed)?.equals(dictionary.id)).toBe(true);
    expect(unpackRecord(packed, stored).toString()).toBe(json);
    expect(unpackRecord(packRecord(outcome, null), null).toString()).toBe(json);
    bytes += packed.length;
  }
  expect(bytes / outcomes.length).toBeLessThan(220);
});

test('a dictionary is settled after a hundred calls of a policy, and a new policy begins anew', () => {
  const decided = varied(300).filter(({ decision }) => decision !== null);
  expect(learnt(decided.slice(0, 99))).toBeNull();
  const dictionaries = new LearntDictionaries();
  const first = decided.map((outcome) => dictionaries.for(outcome)).at(-1);
  expect(first).not.toBeNull();
  expect(dictionaries.for(decided[0] as Outcome)).toBe(first);
  expect(dictionaries.for(sampleOutcome('n1/1'))).toBeNull();
});

test('nothing of a caller stands in a dictionary: no number, no name, no id', () => {
  const outcomes = varied(150);
  const content = learnt(outcomes)?.content.toString() ?? '';
  expect(content).toContain('everyone-else');
  expect(content).not.toMatch(/WHISTLER|555-0163|3175550\d|n1\/\d{5}|@10\.0\.0\.1/);
});

test('what cannot be unpacked is said to be so, and an alien dictionary is not taken', () => {
  const dictionary = learnt(varied(150));
  if (dictionary === null) throw new Error('a dictionary was wanted');
  const packed = packRecord({}, dictionary);
  expect(() => unpackRecord(packed, null)).toThrow(expect.objectContaining({ code: 'dictionary' }));
  expect(() => unpackRecord(Buffer.from([9, 1]), null)).toThrow(expect.objectContaining({ code: 'format' }));
  expect(() => unpackRecord(Buffer.from([1, 255, 255]), null)).toThrow(
    expect.objectContaining({ code: 'format' }),
  );
  expect(() => unpackRecord(Buffer.alloc(0), null)).toThrow(expect.objectContaining({ code: 'format' }));
  expect(() => unpackDictionary(Buffer.alloc(6), packDictionary(dictionary))).toThrow(
    expect.objectContaining({ code: 'dictionary' }),
  );
});

test('any JSON comes back from its flat form as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value);
      expect(jsonOfFlat(flatJson(JSON.parse(json)))).toBe(json);
    }),
  );
  const odd = {
    '~': ['~', '#', '\n', '"', '\ud800', '\ud83d\ude00', ''],
    '"#\\': { a: [], b: {}, c: [[]] },
    '': -0,
  };
  expect(jsonOfFlat(flatJson(odd))).toBe(JSON.stringify(odd));
  expect(() => jsonOfFlat('[~,~]\none')).toThrow(SyntaxError);
  expect(() => jsonOfFlat('[~]\none\ntwo')).toThrow(SyntaxError);
});

test('the record of a policy of 20,000 rules comes back', () => {
  const { decision, ...rest } = sampleOutcome('n1/1');
  const trace = Array.from({ length: 20_000 }, (_, n) => ({
    rule: `rule-${n}`,
    mode: 'enforce',
    matched: false,
    because: `caller in list-${n}: no; called number is not one of the ${n} that the board has, and nobody is there`,
  }));
  const record = { ...rest, decision: { ...decision, trace } };
  expect(unpackRecord(packRecord(record, null), null).toString()).toBe(JSON.stringify(record));
});
