import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditCommand } from '../../../src/cli/audit.ts';
import { tokenCommand } from '../../../src/cli/token.ts';
import { Tokens } from '../../../src/report/access/tokens.ts';
import { runCommand } from './run-command.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-tokens-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const token = (...args: string[]) => runCommand(tokenCommand(), args, dir);

it('gatehouse token new prints it alone on stdout, and only its hash is kept', async () => {
  const made = await token('new', '--role', 'analyst', '--name', 'ann');
  expect(made.exitCode).toBe(0);
  expect(made.stdout).toMatch(/^gh_[A-Za-z0-9_-]{43}\n$/);
  const file = join(dir, 'tokens.json');
  expect(readFileSync(file, 'utf8')).not.toContain(made.stdout.trim());
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(new Tokens(dir).find(made.stdout.trim(), Date.now())).toMatchObject({
    name: 'ann',
    role: 'analyst',
  });

  expect((await token('list')).stdout).toMatch(
    /^[0-9a-f]{8} {2}analyst {2}\d{4}-\d\d-\d\d {2}forever +ann\n$/,
  );
  expect(JSON.parse((await token('list', '--json')).stdout)[0]).not.toHaveProperty('hash');
  expect((await token('revoke', 'ann')).stdout).toMatch(/^revoked [0-9a-f]{8}, ann\n$/);
  expect(new Tokens(dir).find(made.stdout.trim(), Date.now())).toBeNull();
  const log = (await runCommand(auditCommand(), [], dir)).stdout;
  expect(log).toMatch(/token-made .*ann: analyst\n.*token-revoked /);
});

it('a name twice, a role that there is not and a name with an escape sequence are refused', async () => {
  await token('new', '--role', 'viewer', '--name', 'ann');
  for (const [args, said] of [
    [['--role', 'admin', '--name', 'ann'], 'there is a token called "ann" already'],
    [['--role', 'root', '--name', 'bob'], 'Allowed choices are viewer, analyst, admin'],
    [['--role', 'admin', '--name', '\u001b[31mbob'], 'Write 1 to 64 letters'],
  ] as const) {
    const refused = await token('new', ...args);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain(said);
  }
  expect((await token('revoke', 'nobody')).stderr).toContain('there is no token "nobody"');
});

it('changes at the same time lose nothing: one of them is told to try again', async () => {
  const tokens = new Tokens(dir);
  const names = ['a', 'b', 'c', 'd'];
  const made = await Promise.allSettled(
    names.map((name) => tokens.create({ name, role: 'viewer', lastsMs: null }, 0)),
  );
  const kept = (await tokens.list()).map(({ name }) => name);
  expect(kept).toEqual(names.filter((_, n) => made[n]?.status === 'fulfilled'));
  expect(kept.length).toBeGreaterThan(0);
});

it('a read that failed is tried again: descriptors ran out once, and the token is valid as soon as there are some', async () => {
  const { text } = await new Tokens(dir).create({ name: 'ann', role: 'viewer', lastsMs: null }, 0);
  const program = join(import.meta.dirname, 'tokens-without-descriptors.ts');
  const run = spawnSync('sh', ['-c', 'ulimit -n 100; exec "$0" "$@"', process.execPath, program, dir, text], {
    encoding: 'utf8',
  });
  expect([run.stderr, JSON.parse(run.stdout)]).toEqual([
    '',
    { known: true, without: [false, false], after: true, faults: 1 },
  ]);
});

it('a damaged file is told once, and each further damage again', () => {
  let told = 0;
  const tokens = new Tokens(dir, () => {
    told++;
  });
  const file = join(dir, 'tokens.json');
  for (const text of ['{', '{ "schema": 2 }']) {
    writeFileSync(file, text);
    expect([tokens.any(0), tokens.any(0)]).toEqual([false, false]);
  }
  expect(told).toBe(2);
});
