import { readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { Outbox } from '../../src/outbox/outbox.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

function opened(path: string) {
  const log = new RecordingLog();
  const outbox = new Outbox({ path, log });
  onTestFinished(() => outbox.close());
  return { log, outbox };
}

const setLayout = (path: string, layout: number) => {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA user_version = ${layout}`);
  db.close();
};
const aside = (path: string) =>
  readdirSync(dirname(path))
    .filter((name) => /\.(damaged|layout-\d+)-.*Z$/.test(name))
    .map((name) => join(dirname(path), name));
const rows = (outbox: Outbox) => outbox.pending().map(({ callId, kind }) => `${callId} ${kind}`);

test('the outbox of a newer version waits beside the new one, and is taken in by that version: nothing is lost or doubled', () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const newer = opened(path);
  newer.outbox.end(sampleOutcome('n1/1'), 60_000);
  newer.outbox.begin(sampleFacts('n1/open'), false);
  newer.outbox.begin(sampleFacts('n1/both'), false);
  newer.outbox.close();
  setLayout(path, 9);

  const older = opened(path);
  expect(older.log.lines).toMatchObject([
    { level: 'error', fields: { code: 'outbox-newer', remedy: expect.stringContaining('newer version') } },
  ]);
  older.outbox.end(sampleOutcome('n1/1'), 60_000);
  older.outbox.end(sampleOutcome('n1/2'), 0);
  older.outbox.end(sampleOutcome('n1/both'), 0);
  older.outbox.close();
  const [waiting = '', ...more] = aside(path);
  expect([basename(waiting).startsWith('outbox.sqlite.layout-9-'), more]).toEqual([true, []]);

  // The newer version again: to it, 9 is its own layout.
  setLayout(waiting, 2);
  const again = opened(path);
  expect(rows(again.outbox)).toEqual(['n1/1 outcome', 'n1/1 pass', 'n1/2 outcome', 'n1/both outcome']);
  expect(again.outbox.openCalls().map(({ callId }) => callId)).toEqual(['n1/open']);
  expect(aside(path)).toEqual([]);
  expect(again.log.messages('info')).toEqual(['Outbox file that was moved aside was taken in']);
});

test('an outbox of an older layout is moved aside as well: calls go on in a new one', () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  opened(path).outbox.close();
  setLayout(path, 1);
  const { outbox, log } = opened(path);
  expect(log.lines[0]?.fields).toMatchObject({
    ...{ code: 'outbox-older', remedy: expect.stringContaining('older version') },
  });
  outbox.end(sampleOutcome('n1/1'), 0);
  expect(outbox.isKept('n1/1')).toBe(true);
  expect(aside(path)).toHaveLength(1);
});

test('a version before this one called a newer outbox damaged: what can be read there is taken in, too', () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const first = opened(path);
  first.outbox.end(sampleOutcome('n1/1'), 0);
  first.outbox.close();
  renameSync(path, `${path}.damaged-2026-01-02T030405.678Z`);
  const { outbox, log } = opened(path);
  expect(rows(outbox)).toEqual(['n1/1 outcome']);
  expect(aside(path)).toEqual([]);
  expect(log.messages('error')).toEqual([]);
});
