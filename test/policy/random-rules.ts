import fc from 'fast-check';
import { type CallFacts, historyWindows } from '../../src/call/facts.ts';
import { callerFacts } from '../../src/numbers/phone-number.ts';
import type { CompileResult } from '../../src/policy/compile/compile.ts';
import { compileFiles, noon, shippedPrompts } from './policy-fixture.ts';

/** A written condition or verdict: JSON is YAML too. */
export type Written = { readonly [key: string]: unknown };

/** Few values, so that rules and calls meet often. */
const numbers = [
  '+13175550140',
  '+13175550141',
  '+14635550150',
  '+442079460123',
  '+18005550199',
  '+13175550104',
];
const patterns = [...numbers, '+1317*', '+1*', '+44*', '+13175550140..+13175550149', '+1463555015*', '911'];
const trunks = ['carrier', 'backup'];
const lists = ['blocked', 'customers', 'staff', 'nobody'];
const states = ['passed', 'passed-A', 'passed-B', 'failed', 'none'];
const windows = ['10m', '1h'] as const;

const someOf = (values: readonly string[]) =>
  fc.oneof(
    fc.constantFrom(...values),
    fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
  );
const window = fc.record({ over: fc.constantFrom(0, 2, 5), within: fc.constantFrom(...windows) });
const isTrue = fc.boolean();

const atoms: fc.Arbitrary<Written>[] = [
  someOf(lists).map((value) => ({ caller: { in: value } })),
  someOf(patterns).map((value) => ({ caller: { number: value } })),
  someOf([
    'withheld',
    'unavailable',
    'malformed',
    'short-code',
    'own-number',
    'same-exchange',
    'called-number',
  ]).map((value) => ({ caller: { is: value } })),
  someOf(['US', 'GB']).map((value) => ({ caller: { country: value } })),
  someOf(['317', '463']).map((value) => ({ caller: { region: value } })),
  someOf(['toll-free', 'mobile', 'fixed-line-or-mobile']).map((value) => ({ caller: { type: value } })),
  isTrue.map((value) => ({ caller: { valid: value } })),
  someOf(['acme', 'jo', 'x']).map((value) => ({ caller: { name: { contains: value } } })),
  fc.constantFrom('jo caller', 'acme').map((value) => ({ caller: { name: { equals: value } } })),
  someOf(['+13175550100', '+1317555010*', '+13175550105']).map((value) => ({ called: { number: value } })),
  someOf(trunks).map((value) => ({ trunk: value })),
  someOf(states).map((value) => ({ verification: value })),
  someOf(states).map((value) => ({ verification: { not: value } })),
  someOf(['709J', '123A']).map((value) => ({ verification: { 'signer-code': value } })),
  someOf(['called-number', 'other']).map((value) => ({ verification: { 'signed-for': value } })),
  someOf(['expired', 'bad-signature']).map((value) => ({ verification: { problem: value } })),
  isTrue.map((value) => ({ history: { 'has-pass': value } })),
  isTrue.map((value) => ({ history: { expected: value } })),
  isTrue.map((value) => ({ history: { 'opted-out': value } })),
  window.map((value) => ({ history: { calls: value } })),
  window.map((value) => ({ history: { 'called-numbers': value } })),
  window.map((value) => ({ surge: { board: value } })),
  window.map((value) => ({ history: { decoys: value } })),
  window.map((value) => ({ history: { 'exchange-failed': value } })),
  isTrue.map((value) => ({ history: { 'weaker-verification': value } })),
  someOf(['fax', 'tty']).map((value) => ({ history: { heard: value } })),
  isTrue.map((value) => ({ caller: { alibi: value } })),
  fc.oneof(isTrue, someOf(['agency', 'police'])).map((value) => ({ caller: { claims: value } })),
  someOf(['sales', 'scam']).map((value) => ({ history: { flagged: value } })),
  fc.oneof(isTrue, fc.constantFrom('c1', 'c2')).map((value) => ({ campaign: value })),
  fc
    .record({
      'at-least': fc.constantFrom('elevated', 'attack'),
      of: fc.constantFrom('board', 'called-number', 'department', 'customers'),
    })
    .map((value) => ({ level: value })),
  fc.constantFrom('elevated', 'attack').map((value) => ({ level: { 'at-least': value } })),
  isTrue.map((value) => ({ 'call-back-surge': value })),
  someOf(['mon', 'mon-fri', 'thu', 'sat-sun']).map((value) => ({ time: { weekday: value, zone: 'UTC' } })),
  someOf(['08:00-17:00', '22:00-06:00']).map((value) => ({ time: { hours: value, zone: 'UTC' } })),
];

export const when: fc.Arbitrary<Written> = fc.letrec<{ when: Written }>((tie) => ({
  when: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 6, arbitrary: fc.oneof(...atoms) },
    {
      weight: 2,
      arbitrary: fc.array(tie('when'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    },
    {
      weight: 2,
      arbitrary: fc.array(tie('when'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    },
    { weight: 1, arbitrary: tie('when').map((not) => ({ not })) },
  ),
})).when;

const reject = { reject: { reason: 'a reason of some kind' } };
const thens = fc.constantFrom<unknown>(
  'connect',
  'voicemail',
  { challenge: 'press-1' },
  { challenge: { kind: 'two-digits', failed: reject } },
  reject,
);

/** `verdict` is what stands under then, which no object literal may have in this project: it looks like a promise. */
export function writtenRule(id: string, verdict: unknown, others: Written = {}): Written {
  return { id, ...others, ...Object.fromEntries([['then', verdict]]) };
}

export const rules: fc.Arbitrary<readonly Written[]> = fc
  .array(fc.tuple(when, thens, fc.constantFrom('enforce', 'enforce', 'enforce', 'monitor')), {
    minLength: 1,
    maxLength: 7,
  })
  .map((some) => [
    ...some.map(([asks, verdict, mode], index) => writtenRule(`r${index}`, verdict, { when: asks, mode })),
    writtenRule('everyone-else', { challenge: 'press-1' }),
  ]);

const listTexts: Record<string, string> = {
  blocked: '+13175550140\n+44*\n',
  customers: '+13175550141\n+14635550150..+14635550159\n',
  staff: '+13175550142\n',
  nobody: '',
};

/** @param settings further settings, one a line, indented by two */
export function compileWritten(written: readonly Written[], settings = ''): CompileResult {
  const declared = lists.map((list) => `  ${list}: { file: lists/${list}.txt }\n`).join('');
  const head = `settings:\n  default-region: US\n  own-numbers: "+13175550100..+13175550109"\n  language: en\n  voicemail-box: general\n${settings}  decoys: nobody\n`;
  return compileFiles({
    'policy.yaml': `${head}lists:\n${declared}rules: ${JSON.stringify(written)}\n`,
    'prompts.yaml': shippedPrompts,
    'claimed-names.yaml': 'names: { agency: [acme], police: [jo caller] }\n',
    ...Object.fromEntries(lists.map((list) => [`lists/${list}.txt`, listTexts[list] ?? ''])),
  });
}

const count = fc.constantFrom(null, 0, 1, 3, 4, 9);
const counts = fc.option(
  fc.array(count, { minLength: historyWindows.length, maxLength: historyWindows.length }),
);
const until = fc.constantFrom(null, noon - 1, noon * 2);

const history = fc.record({
  passUntil: until,
  dialedUntil: until,
  expected: fc.constantFrom(
    null,
    { until: noon * 2, called: null, why: '' },
    { until: 0, called: null, why: '' },
  ),
  calls: counts,
  calledNumbers: counts,
  boardCalls: counts,
  decoys: counts,
  exchangeFailed: counts,
  verified: fc.constantFrom(null, {}, { A: 9 }, { A: 3, none: 3 }, { signed: 5 }, { B: 40, C: 3, none: 1 }),
  heard: fc.constantFrom(null, {}, { fax: 1 }, { fax: 1, tty: 2 }),
  flags: fc.constantFrom(null, {}, { scam: 1 }, { sales: 2, scam: 1 }),
  optedOut: fc.constantFrom(null, true, false),
  campaign: fc.constantFrom(null, 'c1', 'c3'),
});

function numbered(number: string): CallFacts['caller'] {
  return { number, reason: null, raw: number, displayName: '' };
}

const knownCallers = [...numbers, '+13175550142', '+19995550123', 'anonymous', '', '12', '911', '24273'].map(
  (raw) => callerFacts(raw, 'allowed', '', 'US'),
);

const level = fc.constantFrom(undefined, 'calm' as const, 'elevated' as const, 'attack' as const);
const site = fc.record({
  levels: fc.option(
    fc.record({
      board: level,
      called: level,
      departments: fc.option(fc.record({ customers: level }), { nil: undefined }),
    }),
    { nil: undefined },
  ),
  callBackSurge: fc.constantFrom(undefined, true as const),
});

/** Calls as the rules above ask about them. Numbers are E.164, as `callerFacts` makes them. */
export const calls: fc.Arbitrary<CallFacts> = fc.record({
  callId: fc.constant('n/1'),
  linkedId: fc.constant('1'),
  sipCallId: fc.constant(''),
  now: fc.integer({ min: noon, max: noon + 14 * 86_400_000 }),
  caller: fc
    .tuple(
      fc.oneof(
        fc.constantFrom(...knownCallers),
        fc.stringMatching(/^\+1[2-9]\d{9}$/).map(numbered),
        fc.stringMatching(/^\+44\d{10}$/).map(numbered),
      ),
      fc.constantFrom('', 'Jo Caller', 'ACME', 'jo acme x'),
    )
    .map(([caller, displayName]) => ({ ...caller, displayName })),
  called: fc.constantFrom(
    { number: '+13175550100', raw: '' },
    { number: '+13175550105', raw: '' },
    { number: '+13175550140', raw: '' },
    { number: null, raw: '4100' },
  ),
  trunk: fc.constantFrom('carrier', 'backup', 'lab'),
  verification: fc
    .tuple(
      fc.constantFrom(...states, 'passed-C'),
      fc.constantFrom({}, { signerCode: '709J' }, { signerCode: '555X' }),
      fc.constantFrom({}, { signedFor: 'called-number' }, { signedFor: 'other' }),
      fc.constantFrom({}, { problem: 'expired' }, { problem: 'bad-signature' }),
    )
    .map(([state, ...more]) => {
      const [result, attestation = null] = state.split('-');
      const said = { result, attestation, signer: null, origid: null, source: null };
      return Object.assign(said, ...more) as CallFacts['verification'];
    }),
  history: fc.option(history) as fc.Arbitrary<CallFacts['history']>,
  noHistoryReason: fc.constant('deadline' as const),
  signals: fc.constantFrom({}, { ownCallOut: true }, { ownCallOut: false }, { decoy: true as const }),
  site: fc.option(site, { nil: undefined }) as fc.Arbitrary<NonNullable<CallFacts['site']>>,
});
