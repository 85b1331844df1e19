import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ServiceState, tellServiceManager } from '../../src/process/service-manager.ts';
import { FakeClock, settled } from '../fakes/fake-clock.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

function told(env: NodeJS.ProcessEnv, answer: () => Promise<void> = async () => {}) {
  const clock = new FakeClock();
  const log = new RecordingLog();
  const sent: string[] = [];
  let state: ServiceState = { stage: 'starting', status: 'Starting' };
  const manager = tellServiceManager({
    ...{ clock, log, env: { NOTIFY_SOCKET: '/run/systemd/notify', ...env } },
    look: () => state,
    send(lines) {
      sent.push(lines.join(' '));
      return answer();
    },
  });
  const become = async (stage: ServiceState['stage'], status: string) => {
    state = { stage, status };
    manager.tell();
    await settled();
  };
  return { clock, log, sent, manager, become };
}

test('readiness and status are told when they change, the watchdog four times in its time', async () => {
  const { clock, sent, become, manager } = told({
    WATCHDOG_USEC: '12000000',
    WATCHDOG_PID: `${process.pid}`,
  });
  await settled();
  await become('up', 'Screening calls');
  await become('up', 'Screening calls');
  await clock.advance(6000);
  await become('stopping', 'Stopping');
  await clock.advance(3000);
  manager.stop();
  await clock.advance(9000);
  expect(sent).toEqual([
    'STATUS=Starting WATCHDOG=1',
    'READY=1 STATUS=Screening calls',
    'WATCHDOG=1',
    'WATCHDOG=1',
    'STOPPING=1 STATUS=Stopping EXTEND_TIMEOUT_USEC=20000000',
    'WATCHDOG=1 EXTEND_TIMEOUT_USEC=20000000',
  ]);
});

test('a watchdog of another process is not answered, and without one nothing is told twice', async () => {
  const other = told({ WATCHDOG_USEC: '12000000', WATCHDOG_PID: '1' });
  const none = told({});
  await other.clock.advance(20_000);
  await none.clock.advance(20_000);
  expect([other.sent, none.sent]).toEqual([['STATUS=Starting'], ['STATUS=Starting']]);
});

test('what does not arrive is told again, and the log says so once', async () => {
  const { clock, log, sent, become } = told({}, () => Promise.reject(new Error('no systemd-notify')));
  await become('up', 'Screening calls');
  await clock.advance(5000);
  expect(sent.at(-1)).toBe('READY=1 STATUS=Screening calls');
  expect(log.messages('warn')).toEqual(['systemd was not told how Gatehouse is']);
});

test('one message at a time: what changed meanwhile is told after it', async () => {
  let arrive = () => {};
  const { clock, sent, become } = told({}, () => new Promise((resolve) => (arrive = resolve)));
  await become('up', 'No connection to Asterisk');
  await become('up', 'Screening calls');
  await clock.advance(20_000);
  expect(sent).toEqual(['STATUS=Starting']);
  arrive();
  await settled();
  expect(sent.slice(1)).toEqual(['READY=1 STATUS=Screening calls']);
});

test('without a service manager nothing is done', async () => {
  const { clock, sent, manager } = told({ NOTIFY_SOCKET: '' });
  manager.tell();
  await clock.advance(20_000);
  expect([sent, clock.pending]).toEqual([[], 0]);
});

test('the message goes to systemd-notify, a line an argument', () => {
  const dir = temporaryFolder();
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'systemd-notify'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > ${dir}/new && mv ${dir}/new ${dir}/told\n`,
    {
      mode: 0o755,
    },
  );
  const module = join(import.meta.dirname, '../../src/process/service-manager.ts');
  const program = `
    import { existsSync } from 'node:fs';
    import { tellServiceManager } from ${JSON.stringify(module)};
    tellServiceManager({ look: () => ({ stage: 'up', status: 'a; b $(c)' }), log: { warn: console.error } });
    while (!existsSync(${JSON.stringify(`${dir}/told`)})) await new Promise((go) => setTimeout(go, 10));`;
  execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    env: { ...process.env, PATH: `${bin}:/usr/bin:/bin`, NOTIFY_SOCKET: '/nowhere' },
  });
  expect(execFileSync('cat', [`${dir}/told`], { encoding: 'utf8' })).toBe('READY=1\nSTATUS=a; b $(c)\n');
});
