import type { Attestation, NoNumberReason, VerificationResult } from '../../src/call/vocabulary.ts';

/** Trunks of the field tests, as they stand in policy.yaml. `undeclared` has no entry. */
export const fieldTrunks = {
  telnyx: '{ like: telnyx }',
  bandwidth: '{ like: bandwidth }',
  flowroute: '{ like: flowroute }',
  twilio: '{ like: twilio }',
  verizon: '{ like: verizon }',
  'avaya-sbc': '{ like: avaya-sbc }',
  'all-headers':
    '{ believe: [asterisk, verstat-in-pai, verstat-in-from, p-attestation-indicator, attestation-info, x-attestation-info, x-twilio-verstat] }',
  'in-uri': '{ believe: [verstat-in-from], verstat-place: in-uri }',
  'after-uri': '{ believe: [verstat-in-from], verstat-place: after-uri }',
  'bare-is-b': '{ believe: [verstat-in-pai], bare-pass: B }',
  'pai-is-caller': '{ caller: pai, believe: [verstat-in-pai] }',
  'from-is-caller': '{ caller: from, believe: [verstat-in-pai] }',
  digits: "{ caller-digits: { strip: '99', add: '+' }, called-digits: { add: '+1317555' } }",
  german: '{ region: DE }',
  nothing: '{ believe: nothing }',
  undeclared: null,
} as const;
export type FieldTrunk = keyof typeof fieldTrunks;

export interface FieldCall {
  /** What is understood or refused, for the table. */
  readonly what: string;
  readonly trunk: FieldTrunk;
  /** Header value of From without its tag. */
  readonly from: string;
  readonly headers?: readonly string[];
  /** User part of the request URI. */
  readonly to?: string;
  readonly want: {
    readonly verification?: VerificationResult | `passed-${Attestation}`;
    readonly caller?: string | NoNumberReason;
    readonly called?: string;
    readonly rule?: string;
  };
}

const number = '+12125550123';
const plain = `<sip:${number}@carrier.example>`;
const pai = (text: string) => `P-Asserted-Identity: ${text}`;
const long = (bytes: number) => 'Long name '.repeat(Math.ceil(bytes / 10)).slice(0, bytes);
const passedA = 'verstat=TN-Validation-Passed-A';
const failed = 'verstat=TN-Validation-Failed';

export const presetCalls: readonly FieldCall[] = [
  {
    what: 'telnyx: verstat of the URI, no letter is A',
    trunk: 'telnyx',
    from: plain,
    headers: [pai(`"John Doe" <sip:${number}@sip.telnyx.com;verstat=TN-Validation-Passed>`)],
    want: { verification: 'passed-A' },
  },
  {
    what: 'telnyx: letter B',
    trunk: 'telnyx',
    from: plain,
    headers: [pai(`<sip:${number}@sip.telnyx.com;verstat=TN-Validation-Passed-B>`)],
    want: { verification: 'passed-B' },
  },
  {
    what: 'telnyx: failed',
    trunk: 'telnyx',
    from: plain,
    headers: [pai(`<sip:${number}@sip.telnyx.com;${failed}>`)],
    want: { verification: 'failed' },
  },
  {
    what: 'telnyx: unsigned',
    trunk: 'telnyx',
    from: plain,
    headers: [pai(`<sip:${number}@sip.telnyx.com;verstat=No-TN-Validation>`)],
    want: { verification: 'none' },
  },
  {
    what: 'bandwidth: verstat of the user part, letter and origin in headers of their own',
    trunk: 'bandwidth',
    from: plain,
    headers: [
      pai(`<sip:${number};verstat=TN-Validation-Passed@192.0.2.7:5060>`),
      'P-Attestation-Indicator: A;',
      'P-Origination-ID: b37efe53-564d-5095-b66d-720366cc1395',
    ],
    want: { verification: 'passed-A' },
  },
  {
    what: 'bandwidth: verstat behind the bracket, no letter',
    trunk: 'bandwidth',
    from: plain,
    headers: [pai(`<sip:${number}@192.0.2.7:5060>;verstat=TN-Validation-Passed`)],
    want: { verification: 'passed' },
  },
  {
    what: 'bandwidth: failed behind the bracket, beside an indicator that says A',
    trunk: 'bandwidth',
    from: plain,
    headers: [pai(`<sip:${number}@192.0.2.7:5060>;${failed}`), 'P-Attestation-Indicator: A'],
    want: { verification: 'failed' },
  },
  {
    what: 'flowroute: verstat in From',
    trunk: 'flowroute',
    from: `"[V]ACME" <sip:${number};verstat=TN-Validation-Passed@sip.flowroute.com>`,
    want: { verification: 'passed' },
  },
  {
    what: 'twilio: X-Twilio-VerStat',
    trunk: 'twilio',
    from: plain,
    headers: ['X-Twilio-VerStat: TN-Validation-Passed-A'],
    want: { verification: 'passed-A' },
  },
  {
    what: 'twilio: X-Twilio-VerStat, failed with a letter',
    trunk: 'twilio',
    from: plain,
    headers: ['X-Twilio-VerStat: TN-Validation-Failed-B'],
    want: { verification: 'failed' },
  },
  {
    what: 'twilio: X-Twilio-VerStat of a call that was forwarded',
    trunk: 'twilio',
    from: plain,
    headers: ['X-Twilio-VerStat: TN-Validation-Passed-C-Diverted'],
    want: { verification: 'passed-C' },
  },
  {
    what: 'twilio: X-Twilio-VerStat of a signature that was passed on',
    trunk: 'twilio',
    from: plain,
    headers: ['X-Twilio-VerStat: TN-Validation-Passed-A-Passthrough'],
    want: { verification: 'passed-A' },
  },
  {
    what: 'twilio: X-Twilio-VerStat, failed on the way',
    trunk: 'twilio',
    from: plain,
    headers: ['X-Twilio-VerStat: TN-Validation-Failed-A-Diverted'],
    want: { verification: 'failed' },
  },
  {
    what: 'verizon: X-Attestation-Info',
    trunk: 'verizon',
    from: plain,
    headers: ['X-Attestation-Info: B'],
    want: { verification: 'passed-B' },
  },
  {
    what: 'avaya-sbc: tel: URI, and Attestation-Info',
    trunk: 'avaya-sbc',
    from: plain,
    headers: [pai(`<tel:${number};verstat=TN-Validation-Passed>`), 'Attestation-Info: C'],
    want: { verification: 'passed-C' },
  },
];

export const dialectCalls: readonly FieldCall[] = [
  {
    what: 'small letters',
    trunk: 'all-headers',
    from: `<sip:${number};verstat=tn-validation-passed-a@h.example>`,
    want: { verification: 'passed-A' },
  },
  {
    what: 'parameters around it',
    trunk: 'all-headers',
    from: `<sip:${number};npdi;${passedA};cpc=ordinary@h.example;user=phone>`,
    want: { verification: 'passed-A' },
  },
  {
    what: 'behind the bracket of From',
    trunk: 'all-headers',
    from: `<sip:${number}@h.example>;${passedA}`,
    want: { verification: 'passed-A' },
  },
  {
    what: 'two addresses in one P-Asserted-Identity: the lesser letter',
    trunk: 'all-headers',
    from: plain,
    headers: [pai(`<sip:${number}@h.example;${passedA}>, <tel:${number};verstat=TN-Validation-Passed-C>`)],
    want: { verification: 'passed-C' },
  },
  {
    what: 'two P-Asserted-Identity, the second says failed',
    trunk: 'all-headers',
    from: plain,
    headers: [pai(`<sip:${number}@h.example;${passedA}>`), pai(`<tel:${number};${failed}>`)],
    want: { verification: 'failed' },
  },
  {
    what: 'From says passed, P-Asserted-Identity failed',
    trunk: 'all-headers',
    from: `<sip:${number};${passedA}@h.example>`,
    headers: [pai(`<sip:${number}@h.example>;${failed}`)],
    want: { verification: 'failed' },
  },
  {
    what: 'two P-Attestation-Indicator: the lesser letter',
    trunk: 'all-headers',
    from: plain,
    headers: ['P-Attestation-Indicator: A', 'P-Attestation-Indicator: C'],
    want: { verification: 'passed-C' },
  },
  {
    what: 'unsigned beside an indicator that says A',
    trunk: 'all-headers',
    from: `<sip:${number};verstat=No-TN-Validation@h.example>`,
    headers: ['P-Attestation-Indicator: A'],
    want: { verification: 'none' },
  },
  {
    what: 'failed behind a display name of 1200 bytes',
    trunk: 'all-headers',
    from: `"${long(1200)}" <sip:${number};${failed}@h.example>`,
    want: { verification: 'failed' },
  },
  {
    what: 'passed behind a display name of 700 bytes',
    trunk: 'all-headers',
    from: `"${long(700)}" <sip:${number};${passedA}@h.example>`,
    want: { verification: 'passed-A' },
  },
  {
    what: 'a From too long to be read whole (2000 bytes) counts as failed',
    trunk: 'all-headers',
    from: `"${long(2000)}" <sip:${number};${failed}@h.example>`,
    want: { verification: 'failed' },
  },
  {
    what: 'a From of 1300 brackets, each five bytes to write, counts as failed',
    trunk: 'all-headers',
    from: `"${'()'.repeat(650)}" <sip:${number};${passedA}@h.example>`,
    headers: [pai(`"${'()'.repeat(200)}" <sip:${number}@h.example>`)],
    want: { verification: 'failed' },
  },
  {
    what: 'verstat in the display name is the caller’s own text',
    trunk: 'all-headers',
    from: `"x;${passedA}>" <sip:${number}@h.example>`,
    want: { verification: 'none' },
  },
  {
    what: 'a value that nobody defined',
    trunk: 'all-headers',
    from: `<sip:${number};verstat=TN-Validation-Passed-AA@h.example>`,
    want: { verification: 'none' },
  },
  {
    what: 'an escaped value',
    trunk: 'all-headers',
    from: `<sip:${number};verstat=TN%2DValidation%2DFailed@h.example>`,
    want: { verification: 'failed' },
  },
  {
    what: 'a value in quotes behind the bracket',
    trunk: 'all-headers',
    from: `<sip:${number}@h.example>;verstat="TN-Validation-Failed"`,
    want: { verification: 'failed' },
  },
  {
    what: 'a letter in quotes',
    trunk: 'all-headers',
    from: plain,
    headers: ['P-Attestation-Indicator: "B"'],
    want: { verification: 'passed-B' },
  },
  {
    what: 'a bare pass, where the trunk says that it is B',
    trunk: 'bare-is-b',
    from: plain,
    headers: [pai(`<sip:${number}@h.example;verstat=TN-Validation-Passed>`)],
    want: { verification: 'passed-B' },
  },
  {
    what: 'passed behind the bracket, where the trunk writes it in the URI',
    trunk: 'in-uri',
    from: `<sip:${number}@h.example>;${passedA}`,
    want: { verification: 'none' },
  },
  {
    what: 'failed behind the bracket, where the trunk writes it in the URI',
    trunk: 'in-uri',
    from: `<sip:${number}@h.example>;${failed}`,
    want: { verification: 'failed' },
  },
  {
    what: 'passed in the URI, where the trunk writes it behind the bracket',
    trunk: 'after-uri',
    from: `<sip:${number};${passedA}@h.example>`,
    want: { verification: 'none' },
  },
  {
    what: 'P-Asserted-Identity vouches for another number than the caller’s',
    trunk: 'from-is-caller',
    from: plain,
    headers: [pai(`<sip:+12125550199@h.example;${passedA}>`)],
    want: { verification: 'none' },
  },
];

/** The same headers where the trunk does not say that they are believed. */
export const unbelievedCalls: readonly FieldCall[] = [...presetCalls, ...dialectCalls]
  .filter(({ want }) => want.verification !== 'none')
  .flatMap((call) => [
    { ...call, trunk: 'undeclared' as const, want: { verification: 'none' as const } },
    ...(presetCalls.includes(call)
      ? [{ ...call, trunk: 'nothing' as const, want: { verification: 'none' as const } }]
      : []),
  ]);

const own = '<sip:+13175550100@pbx.example>';

export const callerCalls: readonly FieldCall[] = [
  {
    what: 'own number in From, caller in P-Asserted-Identity',
    trunk: 'pai-is-caller',
    from: own,
    headers: [pai(`<sip:${number}@h.example>`)],
    want: { caller: number },
  },
  {
    what: 'caller in P-Asserted-Identity, trunk says nothing: From',
    trunk: 'german',
    from: own,
    headers: [pai(`<sip:${number}@h.example>`)],
    want: { caller: '+13175550100' },
  },
  {
    what: 'caller in From, the trunk’s own number in P-Asserted-Identity',
    trunk: 'from-is-caller',
    from: plain,
    headers: [pai(own)],
    want: { caller: number },
  },
  {
    what: 'two P-Asserted-Identity, the first without a number',
    trunk: 'pai-is-caller',
    from: own,
    headers: [pai('<sip:alice@h.example>'), pai(`<tel:${number}>`)],
    want: { caller: number },
  },
  {
    what: 'two addresses in one P-Asserted-Identity',
    trunk: 'pai-is-caller',
    from: own,
    headers: [pai(`"Desk" <sip:desk@h.example>, <tel:+1-212-555-0123>`)],
    want: { caller: number },
  },
  {
    what: 'tel: with a global phone-context',
    trunk: 'pai-is-caller',
    from: own,
    headers: [pai('<tel:2125550123;phone-context=+1>')],
    want: { caller: number },
  },
  {
    what: 'parameters npdi, rn, cpc, isup-oli',
    trunk: 'pai-is-caller',
    from: own,
    headers: [pai(`<sip:${number};npdi;rn=+13175550190;cpc=ordinary;isup-oli=0@h.example;user=phone>`)],
    want: { caller: number },
  },
  {
    what: 'escapes in the user part',
    trunk: 'pai-is-caller',
    from: own,
    headers: [pai('<sip:%2B1%28212%295550123@h.example>')],
    want: { caller: number },
  },
  {
    what: 'no P-Asserted-Identity: From',
    trunk: 'pai-is-caller',
    from: plain,
    want: { caller: number },
  },
  {
    what: 'Privacy: id, number in From only',
    trunk: 'undeclared',
    from: plain,
    headers: ['Privacy: id'],
    want: { caller: 'withheld' },
  },
  {
    what: 'Privacy: user;critical',
    trunk: 'pai-is-caller',
    from: plain,
    headers: ['Privacy: user;critical'],
    want: { caller: 'withheld' },
  },
  {
    what: 'anonymous From, number in P-Asserted-Identity, no Privacy',
    trunk: 'undeclared',
    from: '"Anonymous" <sip:anonymous@anonymous.invalid>',
    headers: [pai(`<sip:${number}@h.example>`)],
    want: { caller: 'withheld' },
  },
  {
    what: 'Privacy: none',
    trunk: 'undeclared',
    from: plain,
    headers: ['Privacy: none'],
    want: { caller: number },
  },
  {
    what: 'a name that says “user id” asks for no privacy',
    trunk: 'undeclared',
    from: `"User Id" ${plain}`,
    want: { caller: number },
  },
  {
    what: 'a prefix that the trunk puts in front',
    trunk: 'digits',
    from: '<sip:9912125550123@h.example>',
    want: { caller: number },
  },
  {
    what: 'national number on a German trunk',
    trunk: 'german',
    from: '<sip:030123456@h.example>',
    want: { caller: '+4930123456' },
  },
];

const switchboard = '+13175550100';

const shortCode = (
  what: string,
  trunk: FieldTrunk,
  from: string,
  caller: NoNumberReason,
  rule: string,
  headers: readonly string[] = [],
): FieldCall => ({ what, trunk, from, headers, want: { caller, rule } });

/** Of the shipped rules, where 911 stands on the must-pass list of emergency services. */
export const shortCodeCalls: readonly FieldCall[] = [
  shortCode('911 calls back', 'undeclared', '<sip:911@psap.example>', 'short-code', 'emergency-call-backs'),
  shortCode(
    '911 whose signature failed',
    'in-uri',
    '<sip:911;verstat=TN-Validation-Failed@psap.example>',
    'short-code',
    'emergency-call-backs',
  ),
  shortCode(
    '911 with parameters',
    'undeclared',
    '<sip:911;npdi;cpc=emergency@psap.example>',
    'short-code',
    'emergency-call-backs',
  ),
  shortCode(
    '911 as a tel: URI in P-Asserted-Identity',
    'pai-is-caller',
    own,
    'short-code',
    'emergency-call-backs',
    [pai('<tel:911;phone-context=+1>')],
  ),
  shortCode(
    '911 in From, a number in P-Asserted-Identity',
    'undeclared',
    '<sip:911@psap.example>',
    'short-code',
    'emergency-call-backs',
    [pai(`<sip:${number}@h.example>`)],
  ),
  shortCode('112 stands on no list', 'undeclared', '<sip:112@h.example>', 'short-code', 'short-codes'),
  shortCode('988', 'undeclared', '<sip:988@h.example>', 'short-code', 'short-codes'),
  shortCode('211', 'undeclared', '<sip:211@h.example;user=phone>', 'short-code', 'short-codes'),
  shortCode('an SMS sender', 'undeclared', '<sip:24273@h.example>', 'short-code', 'short-codes'),
  shortCode('110 on a German trunk', 'german', '<sip:110@h.example>', 'short-code', 'short-codes'),
  shortCode('911 that asks for privacy', 'undeclared', '<sip:911@h.example>', 'withheld', 'withheld', [
    'Privacy: id',
  ]),
  shortCode('+911 is no short code', 'undeclared', '<sip:+911@h.example>', 'malformed', 'malformed'),
  shortCode('1911 is an extension at most', 'undeclared', '<sip:1911@h.example>', 'malformed', 'malformed'),
  shortCode('12345 is an extension at most', 'undeclared', '<sip:12345@h.example>', 'malformed', 'malformed'),
];

export const dialedCalls: readonly FieldCall[] = [
  ...[
    '+13175550100;npdi',
    '+13175550100;rn=+13175550190;npdi',
    '(317)5550100',
    '(317)555-0100',
    '%2B13175550100',
    '+1-317-555-0100',
    '317.555.0100',
    '13175550100;phone-context=+1',
    '!3175550100',
    "'3175550100'",
  ].map((to) => ({
    what: `dialed ${to}`,
    trunk: 'undeclared' as const,
    from: plain,
    to,
    want: { called: switchboard },
  })),
  {
    what: 'four digits on a trunk that leaves the rest out',
    trunk: 'digits',
    from: '<sip:9912125550123@h.example>',
    to: '0100',
    want: { called: switchboard },
  },
];

export const fieldCalls: readonly FieldCall[] = [
  ...presetCalls,
  ...dialectCalls,
  ...unbelievedCalls,
  ...callerCalls,
  ...shortCodeCalls,
  ...dialedCalls,
];
