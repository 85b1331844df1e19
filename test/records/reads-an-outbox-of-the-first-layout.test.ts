import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { Outbox } from '../../src/records/outbox.ts';
import { RecordingLog } from './recording-log.ts';
import { sampleFacts, sampleOutcome } from './sample-outcome.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** As Gatehouse 0.1 of issue 2 wrote it. */
const firstLayout = `
  CREATE TABLE calls (call_id TEXT PRIMARY KEY, run TEXT NOT NULL, facts TEXT, ended_at INTEGER) WITHOUT ROWID;
  CREATE INDEX calls_open ON calls (run) WHERE ended_at IS NULL;
  CREATE INDEX calls_ended ON calls (ended_at) WHERE ended_at IS NOT NULL;
  CREATE TABLE transitions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, refusal TEXT,
    UNIQUE (call_id, kind)
  );
  CREATE INDEX transitions_ready ON transitions (id) WHERE refusal IS NULL;
  PRAGMA user_version = 1;
`;

test('what waited there is sent, open calls are known, and the file goes on', () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const db = new DatabaseSync(path);
  db.exec(firstLayout);
  const end = db.prepare('INSERT INTO calls VALUES (?, ?, ?, ?)');
  end.run('n1/ended', 'then', null, 1);
  end.run('n1/open', 'then', JSON.stringify(sampleFacts('n1/open')), null);
  const body = JSON.stringify(sampleOutcome('n1/ended'));
  db.prepare('INSERT INTO transitions (call_id, kind, body) VALUES (?, ?, ?)').run(
    'n1/ended',
    'outcome',
    body,
  );
  db.close();

  const log = new RecordingLog();
  const outbox = new Outbox({ path, log });
  expect(outbox.pending()).toMatchObject([{ kind: 'outcome', outcome: sampleOutcome('n1/ended') }]);
  expect(outbox.openCalls()).toEqual([sampleFacts('n1/open')]);
  // The arrival of a call that had ended before is not known there: its later life is not kept, and nothing breaks.
  outbox.ended('n1/ended', { answeredMs: 1, talkMs: 1, cause: 16 });
  outbox.end(sampleOutcome('n1/open'), 0);
  outbox.ended('n1/open', { answeredMs: 1, talkMs: 1, cause: 16 });
  expect(outbox.pending().map(({ callId, kind }) => `${callId} ${kind}`)).toEqual([
    'n1/ended outcome',
    'n1/open outcome',
    'n1/open after-exit',
  ]);
  outbox.close();
  expect(log.lines).toEqual([]);
});
