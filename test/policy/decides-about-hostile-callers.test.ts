import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallFacts } from '../../src/call/facts.ts';
import { callerFacts } from '../../src/numbers/phone-number.ts';
import { decide } from '../../src/policy/decide.ts';
import { processorMs } from '../processor-time.ts';
import { callFrom, compileRules, noon, policyOf } from './policy-fixture.ts';

/** A rule for every condition, so that every one sees what callers send. */
const policy = policyOf(
  compileRules(
    `  - id: names
    when: { caller: { name: { contains: ["\${", "{name}"], equals: x, matches: ['(a+)+$', '^(\\w+\\s?)*!$'] } } }
    then: { connect: { label: "{caller-name} {number}" } }
  - id: numbers
    when: { caller: { number: ["+1800*", "+13175550190..+13175550195"], valid: true, type: [toll-free, voip] } }
    then: voicemail
  - id: places
    when: { any: [{ caller: { country: [GB, MX] } }, { caller: { region: 463 } }, { called: { number: "+1317*" } }] }
    then: { challenge: { kind: two-digits, passed: { label: "{number}: {caller-name}" } } }
    mode: monitor
  - id: lists
    when: { any: [{ caller: { in: people } }, { called: { in: people } }, { not: { caller: { in: people } } }], trunk: x }
    then: voicemail
  - id: signatures
    when: { verification: { not: failed, attestation: A, signer: { matches: 'a|b' } } }
    then: connect
  - id: passes
    when: { history: { has-pass: true }, caller: { is: [own-number, same-exchange, called-number, malformed] } }
    then: connect`,
    { 'people.txt': '+1 317 555 0140\n+1463555*\n' },
  ),
);

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom('', 'anonymous', '+13175550140', '8005550199', '+442079460123', '0000000000', '__proto__'),
);
const digits = fc.stringMatching(/^\+?[0-9]{0,20}$/);

const facts: fc.Arbitrary<CallFacts> = fc.record({
  callId: text,
  linkedId: text,
  sipCallId: text,
  now: fc.integer({ min: 0, max: 8.64e15 }),
  caller: fc
    .tuple(fc.oneof(text, digits), fc.constantFrom('allowed', 'prohib', 'unavailable', ''), text)
    .map(([raw, presentation, name]) => callerFacts(raw, presentation, name, 'US')),
  called: fc.record({ number: fc.option(digits.map((some) => `+${some}`)), raw: text }),
  trunk: fc.oneof(fc.constant('x'), text),
  verification: fc.record({
    result: fc.constantFrom('passed', 'failed', 'none'),
    attestation: fc.constantFrom('A', 'B', 'C', null),
    signer: fc.option(text),
    origid: fc.option(text),
    source: fc.constantFrom('asterisk', 'verstat', 'header', null),
  }),
  history: fc.option(fc.record({ passUntil: fc.option(fc.integer()) })),
  noHistoryReason: fc.constantFrom('no-number', 'deadline', 'unavailable', 'not-asked', null),
});

describe('every call is answered, whatever it brings', { timeout: 60_000 }, () => {
  it('decides for any facts by a rule of the policy, the same each time, and can be stored', () => {
    const rules = policy.rules.map(({ id }) => id);
    fc.assert(
      fc.property(facts, (call) => {
        const decision = decide(call, policy);
        expect(rules).toContain(decision.rule);
        expect(decision.trace.map(({ rule }) => rule)).toEqual(rules.slice(0, decision.trace.length));
        expect(decision.trace.at(-1)).toMatchObject({ rule: decision.rule, matched: true, mode: 'enforce' });
        const whole = JSON.parse(JSON.stringify(decision));
        expect(JSON.parse(JSON.stringify(decide(call, policy)))).toEqual(whole);
        expect(whole).toMatchObject({ rule: decision.rule, trace: decision.trace, reason: decision.reason });
      }),
      { numRuns: 1000 },
    );
  });

  it('answers even for facts that are none', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(['connect', 'challenge', 'voicemail']).toContain(
          decide(anything as CallFacts, policy).verdict.kind,
        );
      }),
    );
  });
});

describe('a display name changes nothing but itself', () => {
  const labeled = policyOf(
    compileRules(`  - id: asked
    when: { trunk: carrier }
    then: { connect: { label: "Passed: {caller-name}" } }`),
  );
  const labelOf = (name: string) => {
    const { verdict } = decide(callFrom('3175550199', { name }), labeled);
    return verdict.kind === 'connect' ? verdict.label : null;
  };

  it.each([
    ['{name}{number}', 'Passed: {name}{number}'],
    ['${SHELL(id)},"x"', 'Passed: ${SHELL(id)},"x"'],
    ["$& $1 $'", "Passed: $& $1 $'"],
    ['line\r\nVia: x', 'Passed: line Via: x'],
    ['\u202egnihton\u0000', 'Passed: gnihton'],
    ['', 'Passed: +13175550199'],
    ['\u200b\u0007', 'Passed: +13175550199'],
    ['x'.repeat(5000), `Passed: ${'x'.repeat(52)}`],
    ['😀'.repeat(200), `Passed: ${'😀'.repeat(52)}`],
  ])('%j', (name, label) => {
    expect(labelOf(name)).toBe(label);
  });

  it('any name gives one line of at most 60 characters that begins with the words of the rule', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (name) => {
        const label = labelOf(name) ?? '';
        expect(label.startsWith('Passed: ')).toBe(true);
        expect([...label].length).toBeLessThanOrEqual(60);
        expect(label).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });

  it('an expression that would take exponential time elsewhere takes none here', () => {
    const name = `${'a'.repeat(119)}!`;
    const ms = processorMs(() => {
      for (let i = 0; i < 100; i++) decide(callFrom('3175550199', { name, now: noon + i }), policy);
    });
    expect(ms).toBeLessThan(2000);
  });
});
