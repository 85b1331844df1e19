import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const secrets = [
  'ari-Passw0rd',
  'redis-Passw0rd',
  'pseudonym-key-of-sixteen',
  'hooks-T0ken',
  'mail-Passw0rd',
];
const number = '3175550142';

test('planted secrets and numbers are in none of its files, and it lists what is in it', async () => {
  const dir = temporaryFolder();
  const rules = join(dir, 'rules');
  mkdirSync(join(rules, 'lists'), { recursive: true });
  writeFileSync(join(rules, 'policy.yaml'), `settings:\n  own-numbers: '+1${number}'\n  - : [`);
  writeFileSync(join(rules, 'lists', `of-${number}.txt`), `+1${number}\n`);
  const log = join(dir, 'gatehouse.log');
  writeFileSync(
    log,
    [
      JSON.stringify({ time: '2026-03-02T15:00:00.000Z', message: `Call from +1${number}`, caller: number }),
      JSON.stringify({ message: 'x', password: 'ari-Passw0rd', url: 'redis://u:redis-Passw0rd@127.0.0.1' }),
      `not JSON: (317) 555-0142 and ari-Passw0rd`,
    ].join('\n'),
  );
  const bundle = join(dir, 'support.tar.gz');
  const { stdout, stderr } = await runCli(['doctor', '--json', '--bundle', bundle, '--log', log], {
    env: {
      GATEHOUSE_ARI_URL: 'http://127.0.0.1:1',
      GATEHOUSE_ARI_USER: 'gatehouse',
      GATEHOUSE_ARI_PASSWORD: 'ari-Passw0rd',
      GATEHOUSE_REDIS_URL: 'redis://u:redis-Passw0rd@127.0.0.1:1',
      GATEHOUSE_PSEUDONYM_KEY: 'pseudonym-key-of-sixteen',
      GATEHOUSE_WEBHOOK_URL: 'https://hooks.example/hooks-T0ken',
      GATEHOUSE_SMTP_URL: 'smtp://u:mail-Passw0rd@mail.example',
      GATEHOUSE_DATA: dir,
      GATEHOUSE_SPOOL: dir,
      GATEHOUSE_RULES: rules,
      GATEHOUSE_HTTP: '127.0.0.1:1',
    },
  });
  expect(JSON.parse(stdout)).toHaveProperty('findings');
  const files = execFileSync('tar', ['-tzf', bundle], { encoding: 'utf8' }).trim().split('\n');
  expect(files).toEqual([
    'findings.json',
    'settings.json',
    'versions.json',
    'health.json',
    'metrics.txt',
    'log.txt',
    'rules.json',
    'asterisk.json',
  ]);
  for (const file of files) expect(stderr).toContain(`  ${file}  `);
  const text = execFileSync('tar', ['-xzOf', bundle], { encoding: 'utf8' });
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text.replace(/[^0-9]/g, '')).not.toContain('5550142');
  expect(text).toContain('Call from +1317');
  expect(text).toContain('policy.yaml');
  expect(statSync(bundle).mode & 0o777).toBe(0o600);
});
