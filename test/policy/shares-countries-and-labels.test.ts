import { describe, expect, it } from 'vitest';
import { placeOf } from '../../src/policy/conditions/share.ts';
import { decide } from '../../src/policy/decide.ts';
import {
  callFrom,
  compileFiles,
  compileRules,
  policyAsking,
  policyOf,
  shippedPrompts,
} from './policy-fixture.ts';

const codes = (rules: string) => compileRules(rules).problems.map(({ code }) => code);

describe('a share of callers', () => {
  const numbers = Array.from({ length: 4000 }, (_, n) => `+1317${String(2_000_000 + n * 1213).slice(0, 7)}`);
  const inShare = (share: string) => {
    const policy = policyAsking(`{ share: ${share} }`);
    return new Set(numbers.filter((number) => decide(callFrom(number), policy).rule === 'asked'));
  };

  it.each([
    ['1%', 0.01],
    ['10%', 0.1],
    ['2.5%', 0.025],
    ['50 %', 0.5],
    ['99.9%', 0.999],
  ])('%s', (share, wanted) => {
    expect(inShare(share).size / numbers.length).toBeCloseTo(wanted, wanted < 0.1 ? 2 : 1);
  });

  it('a larger share has everybody of a smaller one', () => {
    const [ten, twenty] = [inShare('10%'), inShare('20%')];
    expect([...ten].every((number) => twenty.has(number))).toBe(true);
  });

  it('never changes: a roll-out keeps its callers over versions', () => {
    expect(['+13175550100', '+13175550101', '+12025550143', '+442079460123'].map(placeOf)).toEqual([
      1451, 4430, 5980, 5241,
    ]);
  });

  it('neighbors are no group: of each hundred of one exchange about ten', () => {
    const policy = policyAsking('{ share: 10% }');
    const found = Array.from({ length: 1000 }, (_, n) => `+1317555${1000 + n}`).filter(
      (number) => decide(callFrom(number), policy).rule === 'asked',
    );
    expect(found.length).toBeGreaterThan(60);
    expect(found.length).toBeLessThan(140);
  });

  it('who has no number is in no share', () => {
    for (const from of ['anonymous', '', '12'])
      expect(decide(callFrom(from), policyAsking('{ share: 99% }')).rule).toBe('everyone-else');
  });

  it('is explained', () => {
    const { trace } = decide(callFrom('+12025550143'), policyAsking('{ share: 0.5% }'));
    expect(trace[0]?.because).toMatch(/^caller is among the first 0\.5%: no \(its place is \d+ of 100\)$/);
  });

  it.each(['0%', '100%', '10', '-1%', '10 percent', '1.234%', 'ten%', '%'])('%s is refused', (share) => {
    expect(compileRules(`  - { id: a, when: { share: '${share}' }, then: connect }\n`).policy).toBeNull();
  });

  it('the proofs know that a smaller share below a larger one never matches', () => {
    const rule = (id: string, share: string) =>
      `  - { id: ${id}, when: { share: ${share} }, then: voicemail }\n`;
    expect(codes(rule('a', '10%') + rule('b', '5%'))).toEqual(['unreachable-rule']);
    expect(codes(rule('a', '5%') + rule('b', '10%'))).toEqual([]);
    expect(codes(`  - { id: a, when: { share: 5%, not: { share: 10% } }, then: voicemail }\n`)).toEqual([
      'contradiction',
    ]);
    expect(codes(`  - { id: a, when: { share: 5%, caller: { is: withheld } }, then: voicemail }\n`)).toEqual([
      'contradiction',
    ]);
    expect(codes(`  - { id: a, when: { share: 5% }, then: { reject: { reason: None } } }\n`)).toEqual([
      'dead-end',
    ]);
  });
});

describe('countries that are ours', () => {
  const policyFor = (settings: string, when = '{ caller: { country: ours } }') =>
    compileFiles({
      'policy.yaml': `settings: { ${settings}, language: en, voicemail-box: general }
rules:
  - { id: asked, when: ${when}, then: voicemail }
  - { id: everyone-else, then: connect }
`,
      'prompts.yaml': shippedPrompts,
    });
  it.each<[string, string, boolean]>([
    ['default-region: US', '+13175550100', true],
    ['default-region: US', '+14165550100', false],
    ['default-region: US', '+18005550199', true],
    ['default-region: US', '+15655550100', true],
    ['default-region: US', '+442079460123', false],
    ['default-region: CA', '+14165550100', true],
    ['default-region: CA', '+13175550100', false],
    ['default-region: CA', '+18885550199', true],
    ['default-region: US, our-countries: [US, CA]', '+14165550100', true],
    ['default-region: US, our-countries: [US, CA]', '+18765550100', false],
    ['default-region: DE, our-countries: [DE, AT, CH]', '+41446681800', true],
    ['default-region: DE, our-countries: [DE, AT, CH]', '+18005550199', false],
    ['default-region: DE, our-countries: [DE, AT, CH]', '+33123456789', false],
    ['default-region: GB, our-countries: GB', '+441481555010', false],
  ])('%s: %s is ours %s', (settings, number, is) => {
    const policy = policyOf(policyFor(settings));
    expect(decide(callFrom(number), policy).rule === 'asked').toBe(is);
  });
  it.each(['our', 'OURS', 'us', 'XX', ''])('country: %s is refused', (country) => {
    expect(policyFor('default-region: US', `{ caller: { country: '${country}' } }`).policy).toBeNull();
  });
  it('countries that are none are refused in the settings', () => {
    expect(policyFor('default-region: US, our-countries: [US, XX]').problems[0]?.message).toContain(
      '"XX" is not a country',
    );
  });
  it('its not takes withheld callers, and that is told', () => {
    const when = '{ not: { caller: { country: ours } } }';
    expect(policyFor('default-region: US', when).problems.map(({ code }) => code)).toEqual([
      'not-takes-withheld',
    ]);
  });
  it('the proofs know what is within it', () => {
    const two = (first: string, second: string) =>
      codes(
        `  - { id: a, when: { caller: { country: ${first} } }, then: voicemail }\n  - { id: b, when: { caller: ${second} }, then: voicemail }\n`,
      );
    expect(two('ours', '{ country: US }')).toEqual(['unreachable-rule']);
    expect(two('US', '{ country: ours }')).toEqual([]);
    expect(two('ours', '{ country: CA }')).toEqual([]);
    expect(two('ours', '{ number: "+1317*" }')).toEqual([]);
  });
});

describe('labels', () => {
  const lists = {
    'staff.csv': 'number,name\n+13175550120,Avery Lane\n+13175550121,\n',
    'departments.csv': 'number,name\n+13175550100,Pharmacy\n+13175550101,\n',
    'wards.csv': 'number,name\n+13175550102,Ward 3\n',
  };
  const label = (when: string, text: string, to: string, from = '+13175550120') => {
    const rule = `  - { id: asked, when: ${when}, then: { connect: { label: '${text}' } } }\n`;
    const policy = policyOf(compileRules(rule, lists));
    const { verdict } = decide(callFrom(from, { called: { number: to, raw: to } }), policy);
    return verdict.kind === 'connect' ? verdict.label : null;
  };
  it.each([
    [
      '{ called: { in: departments } }',
      '{called-name}: {caller-name}',
      '+13175550100',
      'Pharmacy: Jo Caller',
    ],
    ['{ called: { in: departments } }', '{called-name}', '+13175550101', 'departments'],
    [
      '{ called: { in: [departments, wards] } }',
      '{called-name} ({called-list})',
      '+13175550102',
      'Ward 3 (wards)',
    ],
    [
      '{ all: [{ called: { in: wards } }] }',
      '{called-list} {called-number}',
      '+13175550102',
      'wards +13175550102',
    ],
    [
      '{ any: [{ called: { in: wards } }, { called: { in: departments } }] }',
      '{called-name}',
      '+13175550100',
      'Pharmacy',
    ],
    ['{ caller: { in: staff } }', '{list}: {name}', '+13175550100', 'staff: Avery Lane'],
    [
      '{ caller: { in: staff }, called: { in: wards } }',
      '{name} for {called-name}',
      '+13175550102',
      'Avery Lane for Ward 3',
    ],
    ['{ trunk: carrier }', '{trunk} {called-number}', '+13175550100', 'carrier +13175550100'],
  ])('%s %s: %s', (when, text, to, wanted) => {
    expect(label(when, text, to)).toBe(wanted);
  });
  it.each([
    ['{ trunk: carrier }', '{called-name}'],
    ['{ trunk: carrier }', '{list}'],
    ['{ not: { called: { in: wards } } }', '{called-list}'],
    ['{ any: [{ called: { in: wards } }, { trunk: carrier }] }', '{called-name}'],
    ['{ caller: { in: staff } }', '{called-name}'],
    ['{ called: { in: wards } }', '{name}'],
  ])('%s cannot say %s', (when, text) => {
    const rule = `  - { id: asked, when: ${when}, then: { connect: { label: '${text}' } } }\n`;
    expect(compileRules(rule, lists).problems.map(({ code }) => code)).toContain('no-list-name');
  });
  it('{calledname} is named', () => {
    const rule =
      "  - { id: asked, when: { called: { in: wards } }, then: { connect: { label: '{calledname}' } } }\n";
    expect(compileRules(rule, lists).problems[0]?.remedy).toContain('{called-name}');
  });
});

it.each([
  ['317555*', '+13175550143', true],
  ['(317) 555-*', '+13175550143', true],
  ['317*', '+13175550143', true],
  ['317555*', '+13185550143', false],
  ['317-555-0100..317-555-0199', '+13175550143', true],
  ['317 555 0143', '+13175550143', true],
])('a rule may say number: %s', (written, from, is) => {
  const policy = policyAsking(`{ caller: { number: '${written}' } }`);
  expect(decide(callFrom(from), policy).rule === 'asked').toBe(is);
  const called = policyAsking(`{ called: { number: '${written}' } }`);
  expect(
    decide(callFrom('+12025550143', { called: { number: from, raw: from } }), called).rule === 'asked',
  ).toBe(is);
});

describe('an announcement before a person', () => {
  const verdictOf = (then: string, to = '+13175550100') => {
    const policy = policyOf(compileRules(`  - { id: a, when: { trunk: carrier }, then: ${then} }\n`));
    return decide(callFrom('+12025550143', { called: { number: to, raw: to } }), policy).verdict;
  };
  it('is in the language of the called number, unless the rule says another', () => {
    const connect = '{ connect: { announcement: redress, exit: desk } }';
    expect(verdictOf(connect)).toMatchObject({
      announcement: { prompt: 'redress', language: 'en' },
      exit: 'desk',
    });
    expect(verdictOf(connect, '+13175550105')).toMatchObject({ announcement: { language: 'es' } });
    const spanish = '{ connect: { announcement: redress, language: es, label: "{number}" } }';
    expect(verdictOf(spanish)).toMatchObject({ announcement: { language: 'es' }, label: '+12025550143' });
    expect(verdictOf('connect')).not.toHaveProperty('announcement');
  });
  it.each([
    ['{ connect: { announcement: snow-day } }', 'unknown-prompt'],
    ['{ connect: { announcement: redress, language: fr } }', 'unknown-language'],
    ['{ challenge: { kind: press-1, passed: { announcement: snow-day } } }', 'unknown-prompt'],
  ])('%s: %s', (then, code) => {
    const { problems } = compileRules(`  - { id: a, when: { trunk: carrier }, then: ${then} }\n`);
    expect(problems.map((one) => one.code)).toEqual([code]);
  });
});
