import { type Files, hospitalRules, ruleSet } from './compared.ts';

/** One edit of a file: what stands there, and what it becomes. */
type Edit = readonly [from: string, to: string, path?: string];

/** An edit as a security team would make it, and what must be found: this and no more. `staff → everyone-else` */
export interface Pair {
  readonly name: string;
  readonly before: Files;
  readonly after: Files;
  readonly fates: readonly string[];
  /** Once a number stands on other lists. */
  readonly supposed: readonly string[];
  readonly lists: readonly string[];
  readonly monitor: readonly string[];
  readonly heard: readonly string[];
}

interface Written extends Partial<Omit<Pair, 'name' | 'before' | 'after'>> {
  readonly of: Files;
  /** To begin with. */
  readonly given?: readonly Edit[];
  readonly edit: readonly Edit[];
}

function edited(files: Files, edits: readonly Edit[]): Files {
  const changed = { ...files };
  for (const [from, to, path = 'policy.yaml'] of edits) {
    const text = changed[path] ?? '';
    const isNew = from === '' && text === '';
    if (!isNew && text.split(from).length !== 2) throw new Error(`"${from}" does not stand once in ${path}`);
    changed[path] = text.replace(from, () => to);
  }
  return changed;
}

function pair(name: string, { of, given = [], edit, ...found }: Written): Pair {
  const before = edited(of, given);
  const none = { fates: [], supposed: [], lists: [], monitor: [], heard: [] };
  return { name, before, after: edited(before, edit), ...none, ...found };
}

const hospital = hospitalRules();
const bank = ruleSet('bank');
const bankRules = (bank['policy.yaml'] ?? '').split('\n').filter((line) => line.startsWith('  - { id:'));
const [, pretends = '', failed = ''] = bankRules;
const warDialing = /( {2}- id: war-dialing[\s\S]*?)\n\n/.exec(hospital['policy.yaml'] ?? '')?.[1] ?? '';
/** On trial, but where it may be enforced: below the must-pass lists. */
const warDialingBelow: readonly Edit[] = [
  [`${warDialing}\n\n`, ''],
  ['  - id: withheld\n', `${warDialing}\n\n  - id: withheld\n`],
];

export const pairs: readonly Pair[] = [
  pair('two rules change places', {
    of: bank,
    edit: [[`${pretends}\n${failed}`, `${failed}\n${pretends}`]],
    fates: ['pretends-to-be-us → failed'],
  }),
  pair('a prefix is narrowed', {
    of: ruleSet('night-security'),
    given: [
      [
        'rules:\n',
        'rules:\n  - { id: town, when: { caller: { number: "+1317*" } }, then: { connect: { label: Town } } }\n',
      ],
    ],
    edit: [['"+1317*"', '["+1317555*", "+1317556*"]']],
    fates: ['town → night', 'town → day'],
  }),
  pair('a holiday is added', {
    of: ruleSet('hospital-after-hours'),
    edit: [['hours: 07:00-19:00 }]', 'hours: 07:00-19:00 }], closed: [12-24]']],
    fates: ['by-day → at-night'],
  }),
  pair('the kind of a challenge changes', {
    of: ruleSet('neighbor-spoofing'),
    edit: [['everyone-else, then: { challenge: press-1 }', 'everyone-else, then: { challenge: two-digits }']],
    fates: ['everyone-else → everyone-else'],
  }),
  pair('a count is raised', {
    of: ruleSet('utility-under-attack'),
    edit: [['over: 30,', 'over: 60,']],
    fates: ['flood-on-a-number → flood', 'flood-on-a-number → everyone-else'],
  }),
  pair('a list is added', {
    of: hospital,
    edit: [
      ['lists:\n', 'lists:\n  vendors: { file: lists/vendors.csv }\n'],
      [
        '  - id: withheld\n',
        "  - id: vendors\n    when: { caller: { in: vendors } }\n    then: { connect: { label: 'Vendor {name}' } }\n\n  - id: withheld\n",
      ],
      ['', 'number,name\n+13175550151,Boiler service\n', 'lists/vendors.csv'],
    ],
    fates: ['everyone-else → vendors'],
    supposed: ['short-codes → vendors', 'malformed → vendors'],
    lists: ['vendors'],
  }),
  pair('a row of a must-pass list gives way to another', {
    of: ruleSet('machines-that-call'),
    edit: [['+13175550161,Gate\n', '+13175550162,Yard\n', 'lists/alarms.csv']],
    fates: ['elevators → everyone-else', 'everyone-else → elevators'],
    lists: ['alarms'],
  }),
  pair('the default end of a failed challenge changes', {
    of: hospital,
    edit: [['failed: voicemail', 'failed: connect']],
    fates: [
      'our-own-number-from-outside → our-own-number-from-outside',
      'flagged-by-staff → flagged-by-staff',
      'withheld → withheld',
      'short-codes → short-codes',
      'malformed → malformed',
      'everyone-else → everyone-else',
    ],
    heard: ['challenge'],
  }),
  pair('a rule on trial is enforced', {
    of: hospital,
    given: warDialingBelow,
    edit: [['    mode: monitor\n', '']],
    fates: ['malformed → war-dialing', 'everyone-else → war-dialing'],
    monitor: ['war-dialing enforced'],
  }),
  pair('any becomes all', {
    of: bank,
    edit: [['any: [{ caller: { is: own-number } }', 'all: [{ caller: { is: own-number } }']],
    fates: [
      'pretends-to-be-us → failed',
      'pretends-to-be-us → customers',
      'pretends-to-be-us → passed-before',
      'pretends-to-be-us → everyone-else',
    ],
  }),
  pair('a not is taken away', {
    of: ruleSet('utility-under-attack'),
    edit: [
      [
        'within: 15m } }, not: { closed-today: attack-watch } }, then: { challenge: { kind',
        'within: 15m } } }, then: { challenge: { kind',
      ],
    ],
    fates: ['everyone-else → flood-on-a-number'],
  }),
  pair('a trunk is added to a condition', {
    of: ruleSet('two-carriers'),
    edit: [
      ['{ trunk: signed, verification: passed-A }', '{ trunk: [signed, plain], verification: passed-A }'],
    ],
    fates: ['everyone-else → vouched-for'],
  }),
  pair('a regular expression on names loses an alternative', {
    of: bank,
    given: [
      ['contains: [first harbor, fraud department]', "matches: '^(first ?harbou?r|fraud dep(artmen)?t)'"],
    ],
    edit: [["'^(first ?harbou?r|fraud dep(artmen)?t)'", "'^(first ?harbor|fraud dep(artmen)?t)'"]],
    fates: [
      'pretends-to-be-us → failed',
      'pretends-to-be-us → customers',
      'pretends-to-be-us → passed-before',
      'pretends-to-be-us → everyone-else',
    ],
  }),
  pair('an announcement is dropped', {
    of: ruleSet('school-snow-day'),
    edit: [['announcement: snow-day, ', '']],
    fates: ['snow-day → snow-day'],
  }),
  pair('opening hours grow by half an hour', {
    of: ruleSet('town-hall'),
    edit: [['hours: 08:00-16:30', 'hours: 08:00-17:00']],
    fates: ['closed → open'],
  }),
  pair('a roll-out goes from 10 to 25 percent', {
    of: ruleSet('roll-out-ten-percent'),
    edit: [['share: 10%', 'share: 25%']],
    fates: ['everyone-else → new-challenge'],
  }),
  pair('a rule ends later', {
    of: ruleSet('rule-with-an-end'),
    edit: [['expires: 2027-01-31', 'expires: 2027-03-31']],
    fates: ['everyone-else → exhibition'],
  }),
  pair('other words of a prompt', {
    of: hospital,
    edit: [['To be connected, press 1.\n', 'To talk to us, press 1.\n', 'prompts.yaml']],
    heard: ['press-1 (en)'],
  }),
  pair('another language for a called number', {
    of: ruleSet('town-hall'),
    edit: [["{ '+13175550105': es }", "{ '+13175550106': es }"]],
    heard: ['called-languages'],
  }),
  pair('a name on a list, an about, another order within a condition: nothing that rules ask', {
    of: bank,
    edit: [
      [
        '{ caller: { is: own-number } }, { caller: { name: { contains: [first harbor, fraud department] } } }',
        '{ caller: { name: { contains: [fraud department, first harbor] } } }, { caller: { is: own-number } }',
      ],
      ['{ id: passed-before, when', '{ id: passed-before, about: Not asked again., when'],
      ['Ada Brook', 'Ada Brooks', 'lists/customers.csv'],
    ],
    lists: ['customers'],
  }),
];
