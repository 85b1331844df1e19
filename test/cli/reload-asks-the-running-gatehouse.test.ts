import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../lab/free-ports.ts';
import { localAccess } from '../../src/report/access/access-options.ts';
import { HttpServer } from '../../src/report/http-server.ts';
import { LivePolicy } from '../../src/rules/live-policy.ts';
import { MemoryCallRecords } from '../fakes/memory-call-records.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { calmHealth } from '../report/api/calm-sources.ts';
import { runCli } from './run-cli.ts';

let dir: string;
let data: string;
let at: string;
let live: LivePolicy;
let server: HttpServer;

beforeEach(async () => {
  dir = temporaryFolder();
  await cp('rules', dir, { recursive: true });
  live = await LivePolicy.open(dir);
  data = temporaryFolder();
  const port = await freePort();
  at = `127.0.0.1:${port}`;
  server = new HttpServer({
    host: '127.0.0.1',
    port,
    records: new MemoryCallRecords(),
    health: () => ({ ...calmHealth, policy: live.status() }),
    reload: () => live.reload(),
    access: localAccess(data, new RecordingLog()),
    log: new RecordingLog(),
  });
  await server.listen();
});

afterEach(async () => {
  await server?.close();
  live?.close();
});

const asked = (...args: string[]) => runCli(['reload', ...args], { env: { GATEHOUSE_DATA: data } });
const edit = async (change: (text: string) => string): Promise<void> =>
  writeFile(join(dir, 'policy.yaml'), change(await readFile(join(dir, 'policy.yaml'), 'utf8')));
const page = async (path: string) =>
  (await (await fetch(`http://${at}${path}`)).json()) as Record<string, never>;

it('puts an edit in force and says which policy that is', async () => {
  const before = live.current().version;
  expect((await asked('--http', at)).stdout).toBe(`nothing changed; policy ${before} is in force\n`);
  await edit((text) => text.replace('attempts: 2', 'attempts: 1'));
  const { exitCode, stdout } = await runCli(['reload'], {
    env: { GATEHOUSE_HTTP: at, GATEHOUSE_DATA: data },
  });
  expect(exitCode).toBe(0);
  expect(live.current().version).not.toBe(before);
  expect(stdout).toBe(`policy ${live.current().version} is in force\n`);
});

it('shows the place and the remedy of a broken edit, which changes nothing, here, on the health page and in the report', async () => {
  const before = live.current();
  await edit((text) => text.replace('attempts: 2', 'attempts: 33'));
  const { exitCode, stdout } = await asked('--http', at);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/policy\.yaml:\d+:\d+: error: attempts cannot be 33\n {2}remedy: /);
  expect(stdout).toContain(`refused; policy ${before.version} stays in force`);
  expect(live.current()).toBe(before);

  const refused = { problems: [{ message: 'attempts cannot be 33', severity: 'error' }] };
  expect(await page('/healthz')).toMatchObject({ ok: true, policy: { version: before.version, refused } });
  expect(await page('/api/report?since=1h')).toMatchObject({ totals: { calls: 0 }, policy: { refused } });

  await edit((text) => text.replace('attempts: 33', 'attempts: 4'));
  const asJson = JSON.parse((await asked('--http', at, '--json')).stdout);
  expect(asJson).toMatchObject({ ok: true, changed: true, version: live.current().version });
  const { policy } = await page('/healthz');
  expect(policy).toMatchObject({ version: live.current().version, refused: null });
  expect(policy).toMatchObject({ reloads: [{ ok: true, before: before.version }, { ok: false }] });
});

it('nothing that answers there, and something else that does', async () => {
  const nobody = await runCli(['reload', '--http', `127.0.0.1:${await freePort()}`]);
  expect(nobody).toMatchObject({ exitCode: 1, stdout: '' });
  expect(nobody.stderr).toMatch(/^error: no Gatehouse answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/);
});

it('a web page in a browser on the same machine cannot ask for it', async () => {
  const reply = await fetch(`http://${at}/api/reload`, {
    method: 'POST',
    headers: { origin: 'https://elsewhere.example' },
  });
  expect(reply.status).toBe(403);
  expect(live.status().reloads).toEqual([]);
});

it('who may not read what Gatehouse keeps is not let in, and is told why', async () => {
  const { exitCode, stderr } = await runCli(['reload', '--http', at], {
    env: { GATEHOUSE_DATA: join(data, 'elsewhere') },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('run this as the user that Gatehouse runs as');
  expect(live.status().reloads).toEqual([]);
});
