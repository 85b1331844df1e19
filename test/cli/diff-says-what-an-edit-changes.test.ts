import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BacktestFixture, callFrom, recorded } from '../backtest/backtest-fixture.ts';
import { runCli } from './run-cli.ts';

const fixture = new BacktestFixture();
afterAll(() => fixture.remove());

const edited = (name: string) =>
  fixture.edited(name, 'policy.yaml', (text) =>
    text.replace(/(id: everyone-else\s+then: .*)press-1/, '$1two-digits'),
  );

describe('gatehouse diff', () => {
  it('the same rules: exit code 0, and it says that it is proven', async () => {
    const { exitCode, stdout } = await runCli(['diff', fixture.rules, fixture.rules]);
    expect(stdout).toContain('Nothing changes: proven for every call.');
    expect(exitCode).toBe(0);
  });

  it('an edit: exit code 1, both rules by file and line, and recorded calls of the kind', async () => {
    const after = edited('edited');
    const policy = await fixture.policy();
    const lines = ['a', 'b'].map((id) => JSON.stringify(recorded(callFrom(id, '+12025550143'), policy)));
    const calls = fixture.file('calls.jsonl', `${lines.join('\n')}\n`);
    const { exitCode, stdout } = await runCli(['diff', fixture.rules, after, '--calls', calls]);
    expect(stdout).toContain('everyone-else → everyone-else: challenge press 1');
    expect(stdout).toMatch(/rules\/policy\.yaml:\d+ → \S+edited\/policy\.yaml:\d+; 2 recorded/);
    expect(stdout).toContain('2 of 2 recorded calls would have another result.');
    expect(exitCode).toBe(1);
  });

  it('a git revision, alone or with a path; nothing of it is left behind', async () => {
    const repository = join(fixture.dir, 'repository');
    mkdirSync(repository);
    cpSync(fixture.rules, join(repository, 'rules'), { recursive: true });
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], {
        env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
      });
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'rules');
    cpSync(edited('later'), join(repository, 'rules'), { recursive: true });
    const temporary = join(fixture.dir, 'temporary');
    mkdirSync(temporary);
    const { exitCode, stdout } = await runCli(['diff', 'HEAD', join(repository, 'rules'), '--json'], {
      env: { TMPDIR: temporary },
    });
    const { same, before, fates } = JSON.parse(stdout) as {
      same: boolean;
      before: { rules: string };
      fates: { before: { place: { file: string } }; example: { facts: unknown }; today: boolean }[];
    };
    expect([exitCode, same, before.rules, fates.length]).toEqual([1, false, 'HEAD:rules', 1]);
    expect(fates[0]?.before.place.file).toBe('HEAD:rules/policy.yaml');
    expect(fates[0]?.today).toBe(true);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each([
    ['rules that are refused', ['rules', 'broken'], 'is refused'],
    ['no such directory', ['rules', 'nowhere'], 'no directory'],
    ['an option in place of rules', ['--upload-pack=x', 'rules'], 'unknown option'],
    ['one argument', ['rules'], 'missing required argument'],
  ])('%s: exit code 2', async (_, names, says) => {
    if (names.includes('broken'))
      fixture.edited('broken', 'policy.yaml', (text) => text.replace('rules:', 'rulez:'));
    const args = names.map((name) => (name.startsWith('-') ? name : join(fixture.dir, name)));
    const { exitCode, stderr } = await runCli(['diff', ...args]);
    expect(stderr).toContain(says);
    expect(exitCode).toBe(2);
  });
});
