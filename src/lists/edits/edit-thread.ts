import { parentPort, workerData } from 'node:worker_threads';
import { workInBackground } from '../../process/background-work.ts';
import { writeEdited } from './edit-list-file.ts';
import type { EditTask } from './row-edit.ts';

/** Calls go first. On Linux the priority is per thread; elsewhere it would be the process's. */
if (process.platform === 'linux') workInBackground(5);

/** Entry of the thread that changes one list file. */
try {
  parentPort?.postMessage({ written: writeEdited(workerData as EditTask) });
} catch (error) {
  parentPort?.postMessage({ refused: error instanceof Error ? error.message : String(error) });
}
