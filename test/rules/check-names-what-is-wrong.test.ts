import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
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
  ['not-yaml', 'policy.yaml:7:54', 'not valid YAML', 'check the indentation, quotes and brackets'],
  [
    'prompt-without-words',
    'prompts.yaml:25:3',
    'prompt "passed" has no words in "en"',
    'add passed: with en:',
  ],
  ['reject-without-reason', 'policy.yaml:8:21', 'who are on no list, and gives no reason', 'state reason:'],
  ['rule-after-everyone', 'policy.yaml:8:5', 'no call can come to this rule', 'move "everyone" to the end'],
  ['unknown-condition', 'policy.yaml:7:23', 'caller has no "typ"', 'did you mean "type"?'],
  ['unknown-key', 'policy.yaml:7:5', 'a rule has no "wehn"', 'did you mean "when"?'],
  ['unknown-language', 'policy.yaml:6:24', 'there are no prompts in "fr"', 'languages: en, es'],
  ['unknown-list', 'policy.yaml:10:21', 'there is no list "custmers"', 'did you mean "customers"?'],
  ['unknown-prompt', 'policy.yaml:10:37', 'there is no prompt "redres"', 'did you mean "redress"?'],
  ['unknown-verdict', 'policy.yaml:8:11', 'then cannot be "voicemial"', 'did you mean "voicemail"?'],
  ['wrong-list-column', 'lists/customers.csv:2:1', 'has no column "Phone"', 'did you mean "Phnoe"?'],
  ['wrong-verification', 'policy.yaml:7:38', 'verification cannot be "passed-D"', 'did you mean "passed-A"?'],
];

describe('gatehouse check names the place, the fault and the remedy', () => {
  it('every broken rule set is expected here', () => {
    expect(readdirSync(broken).sort()).toEqual(expected.map(([name]) => name));
  });

  it.each(expected)('%s at %s', async (name, place, message, remedy) => {
    const { exitCode, stdout } = await runGatehouse(['check', '--rules', `${broken}/${name}`]);
    expect(exitCode).toBe(1);
    const [fault = '', advice = '', summary = '', ...more] = stdout.trimEnd().split('\n');
    expect(fault.startsWith(`${broken}/${name}/${place}: error: `), fault).toBe(true);
    expect(fault).toContain(message);
    expect(advice).toMatch(/^ {2}remedy: /);
    expect(advice).toContain(remedy);
    expect(summary).toBe(`${broken}/${name}: refused, 1 error, 0 warnings`);
    expect(more).toEqual([]);
  });

  it('a directory without rules says which files belong there', async () => {
    const { exitCode, stdout } = await runGatehouse(['check', '--rules', 'test/no-such-rules']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('test/no-such-rules/policy.yaml:1:1: error: the file is missing');
    expect(stdout).toContain('test/no-such-rules/prompts.yaml:1:1: error: the file is missing');
  });

  it('good rules are summed up in one line, and the directory may come from the environment', async () => {
    const { exitCode, stdout } = await runGatehouse(['check'], { GATEHOUSE_RULES: 'rules/' });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^rules\/: 12 rules, 4 lists with \d+ rows, 19 prompts in en, es, \d+ cases passed, 0 warnings; version [0-9a-f]{12}\n$/,
    );
  });
});
