import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { KeptCalls } from '../../src/outbox/kept-calls.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

// A process to be killed: opens its outbox, says so, and when told to go on ends calls without end; the last one it tells of
// has only begun.
const [path = '', spool = '', reserve = '0'] = process.argv.slice(2);
const log = new RecordingLog();
const secondPlace = spool === '' ? null : new KeptCalls(spool, log);
const outbox = new Outbox({ path, log, secondPlace, reserveBytes: Number(reserve) });
writeSync(1, 'up\n');
await once(process.stdin, 'data');
for (let call = 0; ; call++) {
  const callId = `n1/${call}`;
  outbox.begin(sampleFacts(callId), false);
  writeSync(1, `begun ${callId}\n`);
  outbox.end(sampleOutcome(callId), 60_000);
  writeSync(1, `ended ${callId} ${outbox.state().failing === null ? 'disk' : 'memory'}\n`);
}
