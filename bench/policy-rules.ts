import { seeded } from '../test/fakes/seeded-random.ts';
import { anyDigits } from './policy-numbers.ts';

/** One rule of the benchmark, in the words of both engines. All that is given must hold. */
export interface BenchRule {
  readonly id: string;
  readonly callerIn?: string;
  readonly callerPrefix?: string;
  readonly called?: string;
  readonly trunk?: string;
  readonly nameContains?: string;
  readonly attestation?: 'A' | 'B' | 'C';
  readonly verification?: 'passed' | 'failed' | 'none';
  readonly hasPass?: true;
  readonly callerIs?: 'own-number' | 'withheld';
  readonly verdict: string;
}

export const ownRange = { from: '+13175550100', to: '+13175550999' };
export const trunks = ['carrier-east', 'carrier-west', 'carrier-north', 'carrier-south', 'fax-lines'];
const words = [
  'warranty',
  'rewards',
  'survey',
  'insurance',
  'solar',
  'vendor',
  'lottery',
  'account services',
];

/**
 * A thousand rules as a board grows over years: lists first, then exchanges under watch, rules of single departments,
 * of trunks, of names, at the end what holds for everyone.
 */
export function benchRules(): readonly BenchRule[] {
  const random = seeded(7);
  const rules: BenchRule[] = [
    { id: 'emergency', callerIn: 'emergency', verdict: 'connect' },
    { id: 'blocked', callerIn: 'blocked', verdict: '{ reject: { sip: 607 } }' },
    { id: 'own-forged', callerIs: 'own-number', verification: 'none', verdict: '{ challenge: two-digits }' },
    { id: 'customers', callerIn: 'customers', verdict: '{ connect: { label: "Customer {name}" } }' },
  ];
  const add = (count: number, make: (i: number) => Omit<BenchRule, 'id'>) => {
    for (let i = 0; i < count; i++) rules.push({ id: `rule-${rules.length}`, ...make(i) });
  };
  const exchange = () => `+1${anyDigits(random).slice(0, 6)}`;
  const department = (i: number) => `+1317555${String(100 + (i % 900)).padStart(4, '0')}`;
  add(400, () => ({ callerPrefix: exchange(), verdict: '{ challenge: two-digits }' }));
  add(240, (i) => ({
    called: department(i * 3),
    hasPass: true,
    verdict: '{ connect: { label: "Passed" } }',
  }));
  add(120, (i) => ({
    trunk: trunks[i % trunks.length] as string,
    called: department(i * 7),
    attestation: (['A', 'B', 'C'] as const)[i % 3] as 'A',
    verdict: 'connect',
  }));
  add(100, (i) => ({
    called: department(i * 5),
    nameContains: words[i % words.length] as string,
    verdict: 'voicemail',
  }));
  add(100, (i) => ({
    called: department(i * 11),
    verification: 'failed',
    verdict: '{ challenge: two-digits }',
  }));
  add(30, () => ({ trunk: 'fax-lines', callerPrefix: exchange(), verdict: 'voicemail' }));
  add(4, (i) => ({ verification: 'failed', nameContains: words[i] as string, verdict: 'voicemail' }));
  rules.push({ id: 'withheld', callerIs: 'withheld', verdict: '{ challenge: press-1 }' });
  rules.push({ id: 'everyone-else', verdict: '{ challenge: press-1 }' });
  return rules;
}

/** policy.yaml of these rules. */
export function policyYaml(rules: readonly BenchRule[]): string {
  const lists = ['emergency', 'blocked', 'customers'].map((id) => `  ${id}: { file: lists/${id}.csv }`);
  return `settings:
  default-region: US
  own-numbers: "${ownRange.from}..${ownRange.to}"
  language: en
  voicemail-box: general
lists:
${lists.join('\n')}
rules:
${rules.map(ruleYaml).join('\n')}
`;
}

function ruleYaml(rule: BenchRule): string {
  const caller = [
    rule.callerIn && `in: ${rule.callerIn}`,
    rule.callerPrefix && `number: "${rule.callerPrefix}*"`,
    rule.nameContains && `name: { contains: "${rule.nameContains}" }`,
    rule.callerIs && `is: ${rule.callerIs}`,
  ].filter(Boolean);
  const when = [
    caller.length > 0 && `caller: { ${caller.join(', ')} }`,
    rule.called && `called: { number: "${rule.called}" }`,
    rule.trunk && `trunk: ${rule.trunk}`,
    rule.attestation && `verification: passed-${rule.attestation}`,
    rule.verification && `verification: ${rule.verification}`,
    rule.hasPass && 'history: { has-pass: true }',
  ].filter(Boolean);
  return `  - id: ${rule.id}\n${when.length > 0 ? `    when: { ${when.join(', ')} }\n` : ''}    then: ${rule.verdict}`;
}
