import { writeSync } from 'node:fs';
import { Outbox } from '../../src/outbox/outbox.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

// A process to be killed: ends calls as fast as it can and tells each one after it has ended it.
const [path = '', prefix = ''] = process.argv.slice(2);
const outbox = new Outbox({ path, log: new RecordingLog() });
for (let call = 0; ; call++) {
  const callId = `${prefix}/${call}`;
  outbox.begin(sampleFacts(callId), false);
  outbox.end(sampleOutcome(callId), 60_000);
  if (call % 3 === 0) outbox.end(sampleOutcome(callId), 60_000);
  writeSync(1, `${callId}\n`);
}
