import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Outbox } from '../../src/outbox/outbox.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

/** Runs the writer until it has told of `calls` calls and kills it with -9. The ids it told of. */
async function killedAfter(calls: number, path: string, prefix: string): Promise<string[]> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'outbox-writer.ts'), path, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  writer.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    if (told.split('\n').length > calls) writer.kill('SIGKILL');
  });
  await once(writer, 'close');
  return told.split('\n').slice(0, -1);
}

test('kill -9 in the middle of writing: every call that had ended is there once, none twice', async () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const told: string[] = [];
  for (const [run, calls] of [40, 300, 7, 1000].entries())
    told.push(...(await killedAfter(calls, path, `run${run}`)));

  const log = new RecordingLog();
  const outbox = new Outbox({ path, log });
  const found = outbox.pending(1_000_000).map(({ callId, kind }) => `${callId} ${kind}`);
  expect(log.lines).toEqual([]);
  expect(new Set(found).size).toBe(found.length);
  const missing = told.flatMap((id) => [`${id} outcome`, `${id} pass`]).filter((row) => !found.includes(row));
  expect(missing).toEqual([]);
  // Killed between the end and the telling: at most one call a run, outcome and pass together.
  expect(found.length - 2 * told.length).toBeLessThanOrEqual(2 * 4);
  expect(found.length % 2).toBe(0);
  outbox.close();
}, 120_000);
