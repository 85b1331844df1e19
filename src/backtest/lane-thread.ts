import { parentPort, workerData } from 'node:worker_threads';
import { Lane, type LanePlan } from './lane.ts';
import type { FromLane, ToLane } from './thread-lane.ts';

/** Thread entry, started by thread-lane.ts: one lane, fed chunk by chunk. */
async function run(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('lane-thread.ts is started by thread-lane.ts');
  const say = (message: FromLane) => port.postMessage(message);
  try {
    const lane = await Lane.open(workerData as LanePlan);
    port.on('message', (message: ToLane) => {
      try {
        if (message.kind === 'end') {
          say({ kind: 'tally', tally: lane.tally });
          port.close();
          return;
        }
        const { bytes, number } = message;
        const lines = lane.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), number);
        say({ kind: 'read', number, lines });
      } catch (error) {
        say(failed(error));
      }
    });
    say({ kind: 'ready', versions: lane.versions });
  } catch (error) {
    say(failed(error));
  }
}

function failed(error: unknown): FromLane {
  const { code } = error as { code?: unknown };
  return {
    kind: 'failed',
    code: typeof code === 'string' ? code : 'lane-failed',
    message: error instanceof Error ? error.message : String(error),
  };
}

await run();
