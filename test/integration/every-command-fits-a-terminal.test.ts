import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { completedCommands } from '../../src/cli/completion/completed-words.ts';
import { gatehouseProgram } from '../../src/cli/gatehouse.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { campaignsKey } from '../../src/redis/redis-keys.ts';
import { sampleCampaign } from '../campaigns/sample-campaign.ts';
import { runCli } from '../cli/run-cli.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { variedOutcome } from '../fakes/varied-outcome.ts';

const program = join(import.meta.dirname, '../../src/cli/gatehouse.ts');
const callId = 'pbx1-with-a-long-name/1767225600.17';
const campaign = sampleCampaign();

/** Every command, in this order, with real records; or why its output is not for a screen. */
const runs: Readonly<Record<string, readonly string[] | 'for-programs'>> = {
  report: ['--since', 'last-week'],
  calls: ['--since', 'yesterday'],
  call: [callId],
  top: ['callers', '--since', '7d'],
  campaigns: [],
  'campaigns show': [campaign.id],
  'campaigns name': [
    campaign.id,
    'Warranties for cars that are sold by people who never tell where they call from',
  ],
  'campaigns merge': [campaign.id, 'c-2026-11-20-00aa'],
  'campaigns dismiss': [campaign.id],
  'campaigns restore': [campaign.id],
  'campaigns pin': [campaign.id],
  'campaigns unpin': [campaign.id],
  flag: [callId, 'scam', '--reason', 'asked for a PIN'],
  expect: [
    '317 555 0140',
    '--until',
    '4h',
    '--reason',
    'a reason that is so long that it goes on and on, and on',
  ],
  close: ['--until', 'today', '--reason', 'snow, which is so deep that not even the buses go any more today'],
  open: [],
  level: [
    'attack',
    '--for',
    '2h',
    '--reason',
    'a drill, of which all people who answer calls were told before',
  ],
  check: [],
  test: ['--coverage'],
  explain: ['--call', callId],
  diff: ['rules', 'RULES', '--since', '7d'],
  backtest: ['--rules', 'rules', '--since', '7d'],
  lists: [],
  'lists find': ['317 555 0140'],
  'lists accept': ['customers'],
  reload: ['--http', '127.0.0.1:59999'],
  prompts: ['--out', 'DATA/sounds', '--list'],
  schema: 'for-programs',
  status: [],
  doctor: [],
  // Without a password for ARI; else it writes a log, which is JSON.
  serve: [],
  init: ['--dry-run', '--yes', '--etc', 'DATA/no-asterisk'],
  uninit: ['--etc', 'DATA/no-asterisk'],
  completion: 'for-programs',
  'token new': ['--role', 'analyst', '--name', 'Ann of the switchboard on the second floor'],
  'token list': [],
  'token revoke': ['Ann of the switchboard on the second floor'],
  audit: [],
  forget: ['+13175550142'],
};

/** Here some find nothing to do, or what is wrong. Others end with 0. */
const refused: Readonly<Record<string, number>> = {
  ...{ 'lists accept': 1, reload: 1, prompts: 1, status: 1, doctor: 1, init: 1, serve: 78, diff: 1 },
};

let server: RedisProcess;
let data: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = await RedisProcess.start();
  const redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  const random = seeded(7);
  const now = Date.now();
  const facts = sampleFacts(callId, {
    now: now - 60_000,
    trunk: 'a-trunk-of-a-carrier-with-a-long-name',
    caller: {
      ...{ number: '+13175550140', reason: null, raw: '' },
      displayName: 'WARRANTY DEPARTMENT '.repeat(4),
    },
  });
  const outcomes = [
    ...Array.from({ length: 400 }, (_, at) => variedOutcome(at, now - at * 600_000 - 120_000, random)),
    sampleOutcome(callId, { facts }),
  ];
  await new RedisCallStore(redis, 30 * 86_400_000).write(
    outcomes.map((outcome, id) => ({ id, callId: outcome.callId, kind: 'outcome', outcome })),
  );
  for (const one of [campaign, sampleCampaign({ id: 'c-2026-11-20-00aa' })])
    await redis.hset(campaignsKey, one.id, JSON.stringify(one));
  redis.disconnect();
  // As short as that of a site: the name of a file is never broken.
  data = mkdtempSync('/tmp/ghterm');
  mkdirSync(join(data, 'site'));
  cpSync('rules', join(data, 'site', 'rules'), { recursive: true });
  appendFileSync(join(data, 'site', 'rules', 'lists', 'blocked.txt'), '+1 212 555 0188\n');
  env = {
    ...process.env,
    ...{ GATEHOUSE_DATA: data, GATEHOUSE_SPOOL: data, GATEHOUSE_RULES: join(data, 'site', 'rules') },
    ...{
      GATEHOUSE_REDIS_URL: server.url,
      GATEHOUSE_HTTP: '127.0.0.1:59999',
      GATEHOUSE_ARI_URL: 'http://127.0.0.1:59999',
    },
    GATEHOUSE_STRAY_ERRORS: undefined,
  };
});
afterAll(async () => {
  await server.remove();
  rmSync(data, { recursive: true, force: true });
});

function argsOf(path: string): readonly string[] {
  const run = runs[path];
  if (run === undefined || run === 'for-programs') return [];
  return [...path.split(' '), ...run].map((arg) =>
    arg.replace('DATA', data).replace('RULES', env.GATEHOUSE_RULES ?? ''),
  );
}

/** Lines that a real terminal of so many columns shows, and the exit code. */
function onTerminal(
  args: readonly string[],
  columns: number,
): Promise<{ lines: string[]; exitCode: number }> {
  const words = [process.execPath, program, ...args].map((arg) => `'${arg.replaceAll("'", "'\\''")}'`);
  const shell = `stty cols ${columns} rows 50; exec ${words.join(' ')}`;
  return new Promise((resolve) => {
    const child = execFile(
      'script',
      ['-qec', shell, '/dev/null'],
      { env, timeout: 120_000 },
      (error, stdout) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ lines: stripVTControlCharacters(stdout).split(/\r?\n|\r/), exitCode });
      },
    );
    child.stdin?.end();
  });
}

it('every command is run here', async () => {
  const all = completedCommands(await gatehouseProgram('')).map(({ path }) => path);
  // By itself it does nothing.
  expect(Object.keys(runs).sort()).toEqual(all.filter((path) => path !== '' && path !== 'token').sort());
});

const shown = Object.keys(runs).filter((path) => runs[path] !== 'for-programs');

it.each(shown)('%s: no line wraps at 80 columns; at 40 it ends in the same way', async (path) => {
  const args = argsOf(path);
  const { lines, exitCode } = await onTerminal(args, 80);
  expect([exitCode, lines.join('')]).toEqual([refused[path] ?? 0, expect.stringMatching(/./)]);
  expect(lines.filter((line) => Array.from(line).length > 80)).toEqual([]);
  expect(lines.filter((line) => /^ {4}at /.test(line))).toEqual([]);
  const narrow = await onTerminal(args, 40);
  expect(narrow.lines.filter((line) => /^ {4}at /.test(line))).toEqual([]);
  // What can be done once is refused the second time.
  if (!['open', 'token new', 'token revoke'].includes(path)) expect(narrow.exitCode).toBe(exitCode);
});

it('what --json prints has no field that cannot be asked for', async () => {
  const commands = completedCommands(await gatehouseProgram(''));
  const withJson = commands.flatMap(({ path, options }) => {
    const value = options.find(({ names }) => names.includes('--json'))?.value;
    return value?.kind === 'words' ? [{ path, fields: value.words }] : [];
  });
  expect(withJson.length).toBeGreaterThan(20);
  for (const { path, fields } of withJson) {
    const { stdout } = await runCli([...argsOf(path), '--json'], { env });
    const parsed = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)].flat()));
    // Of calls the fields are columns; the whole record has its own shape.
    if (path === 'calls' || path === 'call') continue;
    for (const one of parsed) expect.soft(fields, path).toEqual(expect.arrayContaining(Object.keys(one)));
  }
});
