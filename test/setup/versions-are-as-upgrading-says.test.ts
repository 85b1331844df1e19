import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { entryFormat } from '../../src/call-store/packing/packed-outcome.ts';
import { schemaVersion } from '../../src/call-store/projection/call-row.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { readableContracts } from '../../src/screening/entry/entry-args.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

it('the versions that docs/upgrading.md names are those of the code', () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  new Outbox({ path, log: new RecordingLog() }).close();
  const file = new DatabaseSync(path);
  const { user_version: outbox } = file.prepare('PRAGMA user_version').get() ?? {};
  file.close();
  const form = /form: z\.literal\((\d+)\)/.exec(readFileSync('src/rules/accepted-files.ts', 'utf8'))?.[1];
  const inCode = {
    'dialplan contract': readableContracts.at(-1),
    outbox,
    'entries of calls': entryFormat,
    outcome: sampleOutcome('n1/1').schema,
    projection: schemaVersion,
    'kept policy': form,
  };
  const guide = readFileSync('docs/upgrading.md', 'utf8');
  const named = Object.keys(inCode).map((what) => [
    what,
    new RegExp(`^\\| ${what} \\|[^|]*\\| (\\d+) \\|`, 'm').exec(guide)?.[1],
  ]);
  expect(named).toEqual(Object.entries(inCode).map(([what, version]) => [what, String(version)]));
});
