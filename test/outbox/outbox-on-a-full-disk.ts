import { Outbox } from '../../src/outbox/outbox.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleOutcome } from '../fakes/sample-outcome.ts';

// To be run where files cannot grow beyond a limit: ends 500 calls and tells what became of them.
const log = new RecordingLog();
const outbox = new Outbox({ path: process.argv[2] ?? '', log });
const ids = Array.from({ length: 500 }, (_, call) => `n1/${call}`);
for (const id of ids) outbox.end(sampleOutcome(id), 0);
const pending = outbox.pending(1000).map(({ callId }) => callId);
const told = {
  onDisk: ids.filter((id) => outbox.isKept(id)).length,
  isPending: ids.map((id) => pending.filter((other) => other === id).length),
  errors: log.messages('error'),
};
process.stdout.write(JSON.stringify(told));
