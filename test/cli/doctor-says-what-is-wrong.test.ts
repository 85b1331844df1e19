import { expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

const nothingThere = {
  GATEHOUSE_ARI_URL: 'http://127.0.0.1:1',
  GATEHOUSE_ARI_USER: 'gatehouse',
  GATEHOUSE_ARI_PASSWORD: 'secret-of-ari',
  GATEHOUSE_REDIS_URL: 'redis://:secret-of-redis@127.0.0.1:1',
  GATEHOUSE_DATA: '/nowhere/data',
  GATEHOUSE_SPOOL: '/nowhere/spool',
  GATEHOUSE_RULES: '/nowhere/rules',
  GATEHOUSE_HTTP: '127.0.0.1:1',
};

test('where nothing runs: each part by its id with a remedy, exit code 1, and no password', async () => {
  const { exitCode, stdout } = await runCli(['doctor', '--json'], { env: nothingThere });
  const said = JSON.parse(stdout) as {
    ok: boolean;
    findings: { id: string; level: string; remedy: string }[];
  };
  const errors = said.findings.filter(({ level }) => level === 'error');
  expect(errors.map(({ id }) => id)).toEqual([
    'machine.data',
    'machine.spool',
    'redis.answers',
    'rules.load',
    'asterisk.ari-connection',
    'service.running',
  ]);
  expect(errors.every(({ remedy }) => remedy.length > 0)).toBe(true);
  expect({ ok: said.ok, exitCode }).toEqual({ ok: false, exitCode: 1 });
  expect(stdout).not.toMatch(/secret-of/);
});

test('for people: groups, findings with their remedies, a last line', async () => {
  const { exitCode, stdout } = await runCli(['doctor'], { env: { ...nothingThere, GATEHOUSE_ARI_USER: '' } });
  expect(stdout).toMatch(/^machine\n {2}ok {7}Node 24/);
  expect(stdout).toMatch(
    / {2}ERROR {4}GATEHOUSE_ARI_USER: .*\[settings\.GATEHOUSE_ARI_USER\]\n +-> Set it to/,
  );
  expect(stdout).toMatch(/\n\n\d checks: 1 error, 0 warnings\n$/);
  expect(exitCode).toBe(1);
});

test('before anything is configured it looks at this machine only', async () => {
  const { exitCode, stdout } = await runCli(['doctor', '--pre'], { env: { GATEHOUSE_ARI_USER: '' } });
  expect(stdout).not.toMatch(/settings|redis/);
  expect(exitCode).toBe(0);
});
