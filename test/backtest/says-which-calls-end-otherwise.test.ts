import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BacktestOptions, backtest as runBacktest } from '../../src/cli/backtest.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { ProgressLine } from '../../src/terminal/progress-line.ts';
import { runCli } from '../cli/run-cli.ts';
import { BacktestFixture, backtest, callFrom, lines, recorded } from './backtest-fixture.ts';

const customer = '+13175550140';
const staff = '+13175550120';
const emergency = '+13175550190';
const blocked = '+13175550180';
const stranger = '+12125550160';

const fixture = new BacktestFixture();
let policy: Policy;
beforeAll(async () => {
  policy = await fixture.policy();
});
afterAll(() => fixture.remove());

const withPass = (id: string) => {
  const facts = callFrom(id, '+12125550161');
  return { ...facts, history: { passUntil: facts.now + 1000 } };
};
const morning = () => [
  ...['1', '2', '3'].map((id) => recorded(callFrom(id, stranger), policy)),
  recorded(callFrom('4', customer), policy),
  recorded(callFrom('5', staff), policy),
  recorded(callFrom('6', emergency), policy),
  recorded(callFrom('7', blocked), policy),
  recorded(withPass('8'), policy),
  recorded(callFrom('9', null), policy),
];

/** Everybody is asked, the customers too. */
const asksCustomers = (text: string) =>
  text.replace("then: { connect: { label: 'Customer {name}' } }", 'then: { challenge: press-1 }');

describe('flips', () => {
  it('are grouped by rule and kind, harmed and known people first, with totals and examples', async () => {
    const edited = fixture.edited('grouped', 'policy.yaml', (text) =>
      asksCustomers(text)
        .replace('when: { history: { has-pass: true }', 'when: { history: { has-pass: false }')
        .replace(
          "then: { challenge: { kind: press-1, passed: { label: 'Passed: {caller-name}' } } }",
          'then: voicemail',
        ),
    );
    const report = await backtest(morning(), edited);
    expect(report).toMatchObject({ calls: 9, compared: 9, harmed: 1, before: { connect: 4 } });
    expect(
      report.groups.map(({ kind, from, to, calls, harmed }) => [kind, from.rule, to.rule, calls, harmed]),
    ).toEqual([
      ['connect→challenge', 'customers', 'customers', 1, 1],
      ['connect→voicemail', 'caller-with-pass', 'everyone-else', 1, 0],
      ['challenge→connect', 'everyone-else', 'caller-with-pass', 3, 0],
      ['challenge→connect', 'withheld', 'caller-with-pass', 1, 0],
    ]);
    expect(report.groups[0]?.known).toEqual({ 'must-pass': 0, listed: 1, passed: 0, unknown: 0 });
    expect(report.groups[0]?.examples).toMatchObject([
      {
        callId: 'n1/4',
        caller: customer,
        called: '+13175550000',
        known: { as: 'listed', list: 'customers' },
      },
    ]);
    expect(report.groups[1]?.examples).toMatchObject([{ known: { as: 'passed' } }]);
    expect(report.flips).toBe(6);
  });

  it('are none when only words or rule names change, which is counted by itself', async () => {
    const edited = fixture.edited('worded', 'policy.yaml', (text) =>
      text.replace("'Customer {name}'", "'Client {name}'").replace('id: staff', 'id: our-people'),
    );
    expect(await backtest(morning(), edited)).toMatchObject({
      flips: 0,
      otherDetails: 1,
      otherRule: 1,
      same: 7,
    });
  });

  it('of a call that went round the screener or has no decision are not counted; it is decided all the same', async () => {
    const edited = fixture.edited('bypassed', 'policy.yaml', asksCustomers);
    const facts = callFrom('1', customer);
    const rows = [
      recorded(facts, policy, { decision: null, bypass: { reason: 'watchdog', detail: '' } }),
      recorded(facts, policy, { bypass: { reason: 'ari-failed', detail: '' } }),
      recorded(facts, policy, { decision: null, exit: { kind: 'none', reason: 'unaccounted' } }),
      facts,
    ];
    expect(await backtest(rows, edited)).toMatchObject({
      ...{ calls: 4, compared: 0, flips: 0, harmed: 0 },
      notCompared: { bypassed: 2, undecided: 2 },
      now: { connect: 0, challenge: 4 },
    });
    // Facts alone can be compared with other rules.
    const report = await backtest(rows, edited, { against: fixture.rules });
    expect(report).toMatchObject({
      compared: 2,
      flips: 2,
      harmed: 2,
      notCompared: { bypassed: 2, undecided: 0 },
    });
  });
});

describe('harm', () => {
  it('is a must-pass number that is asked, or a formerly connected list member; not a stranger, nor one newly blocked', async () => {
    const asked = fixture.edited('asked', 'policy.yaml', (text) =>
      text.replace("then: { connect: { label: 'Staff {name}' } }", 'then: { challenge: press-1 }'),
    );
    const report = await backtest(morning(), asked, { against: fixture.rules });
    expect(report.harmed).toBe(1);
    expect(report.groups[0]?.examples[0]?.known).toEqual({ as: 'must-pass', list: 'staff' });

    const blocksStranger = fixture.edited('blocks', 'lists/blocked.txt', (text) => `${text}${stranger}\n`);
    expect(await backtest(morning(), blocksStranger)).toMatchObject({ flips: 3, harmed: 0 });
  });

  it('is told of somebody who was taken off a list, by what was decided then', async () => {
    const without = fixture.edited('without', 'lists/customers.csv', (text) =>
      text
        .split('\n')
        .filter((line) => !line.replace(/\D/g, '').includes('3175550140'))
        .join('\n'),
    );
    const report = await backtest(morning(), without);
    expect(report).toMatchObject({ flips: 1, harmed: 1 });
    expect(report.groups[0]?.examples[0]?.known).toEqual({ as: 'listed', list: 'customers' });
  });
});

it('facts that the new rules need and the records lack are counted and named', async () => {
  const edited = fixture.edited('counting', 'policy.yaml', (text) =>
    text.replace(
      '  - id: withheld',
      '  - id: robots\n    when: { history: { failed-challenges: { over: 3, within: 24h } } }\n    then: { challenge: two-digits }\n\n  - id: withheld',
    ),
  );
  const known = callFrom('1', stranger);
  const zeros = [0, 0, 0, 0, 0, 9, 9, 9];
  const rows = [
    recorded(known, policy),
    recorded({ ...known, callId: 'n1/2', history: { passUntil: null, failedChallenges: zeros } }, policy),
    recorded({ ...known, callId: 'n1/3', history: null, noHistoryReason: 'deadline' }, policy),
    recorded(callFrom('4', customer), policy),
  ];
  const { missing, flips } = await backtest(rows, edited);
  expect(flips).toBe(1);
  expect(missing.calls).toBe(2);
  expect(missing.facts.map(({ rule, calls }) => [rule, calls])).toEqual([
    ['caller-with-pass', 1],
    ['robots', 1],
    ['robots', 1],
  ]);
  expect(missing.facts.map(({ why }) => why).join()).toContain('not read in time');
});

describe('gatehouse backtest', () => {
  const run = (options: Partial<BacktestOptions>) =>
    runBacktest({ rules: fixture.rules, ...options }, new ProgressLine('test'));

  it('fails with 1 on harm, masks numbers, and shows them when asked', async () => {
    const rules = fixture.edited('cli', 'policy.yaml', asksCustomers);
    const calls = fixture.file('calls.jsonl', lines(morning()));
    const masked = await run({ rules, calls });
    expect(masked.exitCode).toBe(1);
    expect(masked.text).toContain('1 call: connect → challenge press-1   HARMED: 1');
    expect(masked.text).toContain('by customers → customers; known callers: 1 listed');
    expect(masked.text).toMatch(/HARMED: 1 call of must-pass numbers or previously connected list members/);
    expect(masked.text).not.toContain('3175550140');
    const json = await run({ rules, calls, json: true, showNumbers: true });
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.text)).toMatchObject({
      harmed: 1,
      groups: [{ examples: [{ caller: customer }] }],
    });
    expect((await run({ rules, calls, json: true })).text).not.toContain('3175550140');
  });

  it('reads gzip, Windows line ends and a last line without end', async () => {
    const text = lines(morning()).replaceAll('\n', '\r\n').trimEnd();
    for (const content of [text, gzipSync(text)]) {
      const ran = await run({ calls: fixture.file('calls', content), json: true });
      expect(ran.exitCode).toBe(0);
      expect(JSON.parse(ran.text)).toMatchObject({ calls: 9, same: 9, flips: 0 });
    }
  });

  it.each<[string, Partial<BacktestOptions>, string]>([
    ['no calls named', {}, 'choose the calls'],
    ['calls named twice', { since: '1h', calls: 'x' }, 'choose the calls'],
    ['no such time', { since: 'yesterdya' }, 'write 30m, 24h or 7d ago, today, yesterday'],
    ['no such file', { calls: '/nowhere/calls.jsonl' }, 'cannot be read (ENOENT)'],
    ['a directory', { calls: 'src' }, 'is not a file'],
    ['a file that is no record', { calls: 'package.json' }, 'is a record of a call'],
    ['Redis away', { since: '1h', redis: 'redis://127.0.0.1:1' }, 'Redis did not answer'],
    [
      'broken rules',
      { rules: 'test/fixtures/broken-rules/unknown-list', calls: 'package.json' },
      'yaml:10:21: error:',
    ],
  ])('%s: is said', async (_, options, said) => {
    await expect(run(options)).rejects.toThrow(said);
  });

  it('as a program: calls on stdin, exit code 2 when it cannot be run', async () => {
    const piped = ['backtest', '--rules', fixture.rules, '--calls', '-', '--json'];
    const ran = await runCli(piped, { input: gzipSync(lines(morning())) });
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toMatchObject({ same: 9 });
    const wrong = await runCli(['backtest', '--rules', 'rules', '--cals', 'x']);
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toContain("unknown option '--cals'");
  }, 60_000);
});
