import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';

const guard = join(import.meta.dirname, '..', '..', 'src', 'process', 'stall-guard.ts');

/** A guarded process that says `up`, and then does what is told. */
async function guarded(then: string): Promise<ChildProcess> {
  const program = `
    import { guardAgainstStalls } from ${JSON.stringify(guard)};
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const standStill = (ms) => { const end = Date.now() + ms; while (Date.now() < end); };
    const watching = guardAgainstStalls({ error: (message, { error }) => console.error(message, error) }, 900);
    await pause(600);
    console.log('up');
    ${then}`;
  const args = ['--input-type=module-typescript', '--eval', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('no stdout');
  await once(child.stdout, 'data');
  return child;
}

async function howItEnds(child: ChildProcess): Promise<unknown> {
  const [code, signal] = await once(child, 'exit');
  return signal ?? code;
}

test('an event loop that is blocked forever: the process ends by itself, and says why', async () => {
  const child = await guarded('for (;;);');
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
  });
  expect(await howItEnds(child)).toBe('SIGKILL');
  expect(JSON.parse(said)).toMatchObject({
    level: 'error',
    message: expect.stringContaining('Event loop blocked'),
  });
});

test('short blocks, even many, end nothing', async () => {
  const child = await guarded(
    'for (let i = 0; i < 8; i++) { standStill(400); await pause(100); } process.exit(3);',
  );
  expect(await howItEnds(child)).toBe(3);
});

test('a process that was stopped as a whole goes on', async () => {
  const child = await guarded('await pause(2500); process.exit(3);');
  child.kill('SIGSTOP');
  await sleep(1800);
  child.kill('SIGCONT');
  expect(await howItEnds(child)).toBe(3);
});

test('it keeps no process from ending, and can be stopped', async () => {
  expect(await howItEnds(await guarded(''))).toBe(0);
  const stopped = await guarded('watching.stop(); standStill(2000); process.exit(3);');
  expect(await howItEnds(stopped)).toBe(3);
});
