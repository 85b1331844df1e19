import { write } from 'node:fs';
import { workerData } from 'node:worker_threads';

/** Entry of the thread that watches the main one: `beats` must change at least once in `most` checks. */
const { beats, everyMs, most } = workerData as { beats: Int32Array; everyMs: number; most: number };
let last = -1;
let missed = 0;

// Checks are counted, not time: while the whole process is stopped there are none.
setInterval(() => {
  const now = Atomics.load(beats, 0);
  missed = now === last ? missed + 1 : 0;
  last = now;
  if (missed !== most) return;
  const message = 'Event loop blocked; process killed so that calls do not wait for it';
  const line = JSON.stringify({ time: new Date().toISOString(), level: 'error', message });
  // The log's stream belongs to the main thread. A blocked reader must not delay this.
  write(2, `${line}\n`, () => {});
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200);
}, everyMs);
