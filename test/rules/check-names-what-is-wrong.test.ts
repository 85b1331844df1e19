import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkLines } from '../../src/cli/check.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { runGatehouse } from './run-gatehouse.ts';

const broken = 'test/fixtures/broken-rules';

/** Rule set, place, what the message says, what the remedy says. */
const expected: [string, string, string, string][] = [
  ['alias-bomb', 'policy.yaml:2:8', 'aliases (*name) are not used', 'write the value out'],
  ['bad-duration', 'policy.yaml:5:13', 'pass-for cannot be "30 days"', 'as in 30d, 1h30m, 10m, 6s'],
  [
    'bad-own-number',
    'policy.yaml:5:36',
    'runs from +13175550109 to +13175550101',
    'the smaller number first',
  ],
  ['bad-regular-expression', 'policy.yaml:9:26', 'missing closing )', 'use RE2 syntax'],
  [
    'duplicate-id',
    'policy.yaml:9:9',
    'the id "toll-free" is taken by the rule in line 6',
    'an id of its own',
  ],
  ['label-without-list-name', 'policy.yaml:8:31', '{name} is the name in a list', 'caller: { in: … }'],
  [
    'last-rule-has-condition',
    'policy.yaml:6:5',
    'does not decide every call',
    'end with a rule for everyone',
  ],
  ['last-rule-rejects', 'policy.yaml:8:7', 'would turn away callers', 'reject in a rule above it'],
  [
    'missing-list-file',
    'policy.yaml:6:22',
    'no file lists/custmers.csv',
    'did you mean "lists/customers.csv"?',
  ],
  [
    'not-yaml',
    'policy.yaml:7:54',
    'a [ that is opened before this has no ]',
    'check the brackets of this line',
  ],
  [
    'prompt-without-words',
    'prompts.yaml:25:3',
    'prompt "to-voicemail" has no words in "en"',
    'add to-voicemail: with en:',
  ],
  ['reject-without-reason', 'policy.yaml:8:21', 'who are on no block list', 'or use voicemail'],
  ['rule-after-everyone', 'policy.yaml:8:5', 'no call can come to this rule', 'move "everyone" to the end'],
  ['unknown-condition', 'policy.yaml:7:23', 'caller has no "typ"', 'did you mean "type"?'],
  ['unknown-key', 'policy.yaml:7:5', 'a rule has no "wehn"', 'did you mean "when"?'],
  ['unknown-language', 'policy.yaml:6:24', 'there are no prompts in "fr"', 'languages: en, es'],
  ['unknown-list', 'policy.yaml:10:21', 'there is no list "custmers"', 'did you mean "customers"?'],
  ['unknown-prompt', 'policy.yaml:10:37', 'there is no prompt "redres"', 'did you mean "redress"?'],
  ['unknown-verdict', 'policy.yaml:8:11', 'then cannot be "voicemial"', 'did you mean "voicemail"?'],
  ['wrong-list-column', 'lists/customers.csv:2:1', 'has no column "Phone"', 'did you mean "Phnoe"?'],
  ['wrong-verification', 'policy.yaml:7:38', 'verification cannot be "passed-D"', 'did you mean "passed-A"?'],
  ['bad-expiry', 'policy.yaml:9:14', '"2027-02-30" is not a day of the calendar', '2027-03-31'],
  ['broken-calendar', 'calendars/office-hours.yaml:3:32', 'hours cannot be "8am-5pm"', '08:00-17:30'],
  ['case-fails', 'cases/callers.yaml:5:5', 'rule everyone-else was wanted, and it is toll-free', 'the case'],
  ['case-misspelt', 'cases/callers.yaml:3:33', 'call has no "verificaton"', 'did you mean "verification"?'],
  ['challenge-rejects-the-silent', 'policy.yaml:5:24', 'a call from +18005550199', 'or use voicemail'],
  ['contradiction', 'policy.yaml:6:5', 'what it asks contradicts itself', 'use any: for either'],
  [
    'must-pass-below-blocked',
    'policy.yaml:5:15',
    'takes a call from +13175550190',
    'off blocked, or put the rule',
  ],
  ['must-pass-unknown-list', 'policy.yaml:5:15', 'there is no list "emergancy"', 'did you mean "emergency"?'],
  ['no-time-zone', 'policy.yaml:7:19', 'in which time zone', 'time-zone: America/New_York'],
  ['rejects-customers', 'policy.yaml:10:21', 'a call from +13175550140', 'kind: block'],
  ['rejects-without-block-list', 'policy.yaml:8:21', 'a call from +442079460123', 'ask for a block list'],
  [
    'shadowed-rule',
    'policy.yaml:9:5',
    '"local" above it decides every call',
    'move it above "local" (line 6)',
  ],
  ['unknown-calendar', 'policy.yaml:8:38', 'no calendar "office-hour"', 'did you mean "office-hours"?'],
  ['unknown-holidays', 'policy.yaml:6:13', 'no holidays are known for "US-INDIANA"', 'US-IN'],
  ['unknown-window', 'policy.yaml:7:59', 'within cannot be "95m"', 'write 90m or 105m'],
];

/** What `gatehouse check` prints of a broken rule set. */
async function checked(name: string): Promise<string[]> {
  const dir = `${broken}/${name}`;
  return checkLines(dir, await loadRules(dir), 'text').flatMap((line) => line.split('\n'));
}

describe('gatehouse check names the place, the fault and the remedy', () => {
  it('every broken rule set is expected here, and there are enough of them', () => {
    expect(readdirSync(broken).sort()).toEqual(expected.map(([name]) => name).sort());
    expect(expected.length).toBeGreaterThanOrEqual(30);
  });

  it.each(expected)('%s at %s', async (name, place, message, remedy) => {
    const [fault = '', advice = '', ...more] = await checked(name);
    expect(fault.startsWith(`${broken}/${name}/${place}: error: `), fault).toBe(true);
    expect(fault).toContain(message);
    expect(advice).toMatch(/^ {2}remedy: /);
    expect(advice).toContain(remedy);
    expect(more.at(-1)).toMatch(new RegExp(`^${broken}/${name}: refused, 1 error, \\d warnings?$`));
  });

  it('the program ends with 1, and prints the same', async () => {
    const { exitCode, stdout } = await runGatehouse(['check', '--rules', `${broken}/unknown-list`]);
    expect(exitCode).toBe(1);
    expect(stdout.trimEnd().split('\n')).toEqual(await checked('unknown-list'));
  });

  it('a directory without rules says which files belong there', async () => {
    const dir = 'test/no-such-rules';
    const lines = checkLines(dir, await loadRules(dir), 'text').join('\n');
    expect(lines).toContain('test/no-such-rules/policy.yaml:1:1: error: the file is missing');
    expect(lines).toContain('test/no-such-rules/prompts.yaml:1:1: error: the file is missing');
  });

  it('good rules are summed up in one line, and the directory may come from the environment', async () => {
    const { exitCode, stdout } = await runGatehouse(['check'], { GATEHOUSE_RULES: 'rules/' });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^rules\/: \d+ rules, \d+ lists with \d+ rows, \d+ prompts in en, es, \d+ cases passed, 0 warnings; version [0-9a-f]{12}\n$/,
    );
  });
});

describe('for programs', () => {
  it('json is one object with every problem', async () => {
    const dir = `${broken}/must-pass-below-blocked`;
    const [line = '', ...more] = checkLines(dir, await loadRules(dir), 'json');
    expect(more).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({
      ok: false,
      version: null,
      problems: [
        { severity: 'error', code: 'must-pass', file: `${dir}/policy.yaml`, line: 5, column: 15 },
        { severity: 'warning', code: 'conflicting-rows', file: `${dir}/lists/blocked.txt`, line: 1 },
      ],
    });
    expect(JSON.parse(checkLines('rules', await loadRules('rules'), 'json')[0] ?? '')).toMatchObject({
      ok: true,
      problems: [],
    });
  });

  it('github shows each problem at its line, with what would end a command taken out', async () => {
    const dir = `${broken}/unknown-list`;
    expect(checkLines(dir, await loadRules(dir), 'github')).toEqual([
      `::error file=${dir}/policy.yaml,line=10,col=21,title=gatehouse%3A unknown-list::there is no list "custmers"%0Aremedy: did you mean "customers"? lists: customers; lists are declared under lists:`,
    ]);
    const found = {
      policy: null,
      problems: [
        {
          severity: 'warning',
          file: 'a,b:c',
          line: 1,
          column: 1,
          message: '100%\r\n::error::x',
          remedy: '',
          code: 'x',
        },
      ],
    } as const;
    expect(checkLines('', found, 'github')).toEqual([
      '::warning file=a%2Cb%3Ac,line=1,col=1,title=gatehouse%3A x::100%25%0D%0A::error::x%0Aremedy: ',
    ]);
  });
});
