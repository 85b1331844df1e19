import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createLog } from '../../src/log/logger.ts';

/** Logs without end to its stderr, and says on stdout that it lives. */
const program = `
  import { createLog } from './src/log/logger.ts';
  const log = createLog({ level: 'info', numbers: 'masked' });
  let rounds = 0;
  setInterval(() => {
    for (let i = 0; i < 200; i++) log.info('line', { text: 'x'.repeat(400) });
    rounds += 1;
    if (rounds % 20 === 0) console.log(JSON.stringify({ rounds, rss: process.memoryUsage.rss() }));
  }, 5);`;

function start(): ChildProcess {
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function nextReport(child: ChildProcess): Promise<{ rounds: number; rss: number }> {
  const [chunk] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  return JSON.parse(String(chunk).trim().split('\n').at(-1) ?? '');
}

it('lives on when the reader of its log is gone', async () => {
  const child = start();
  try {
    await nextReport(child);
    child.stderr?.destroy();
    await nextReport(child);
    const later = await nextReport(child);
    expect(later.rounds).toBeGreaterThan(20);
    expect(child.exitCode).toBeNull();
  } finally {
    child.kill('SIGKILL');
  }
});

it('neither waits for a reader that stands still nor fills the memory', async () => {
  const child = start();
  try {
    const first = await nextReport(child);
    let last = first;
    while (last.rounds < first.rounds + 200) last = await nextReport(child);
    // 200 rounds are more than 100 MB of lines.
    expect(last.rss - first.rss).toBeLessThan(80_000_000);
  } finally {
    child.kill('SIGKILL');
  }
});

it('says how many lines were lost once they are read again', () => {
  const lines: string[] = [];
  let waiting = 5_000_000;
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  Object.defineProperty(stream, 'writableLength', { get: () => waiting });
  const log = createLog({ level: 'info', numbers: 'masked', stream });
  log.info('lost');
  log.info('lost too');
  waiting = 0;
  log.info('kept');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'warn', lines: 2 },
    { message: 'kept' },
  ]);
});
