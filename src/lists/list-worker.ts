import { parentPort, workerData } from 'node:worker_threads';
import { workInBackground } from '../process/background-work.ts';
import { type ListFileTask, loadListFile } from './load-list-file.ts';
import { fileError } from './regular-file.ts';

/** Calls go first. On Linux the priority is per thread; elsewhere it would be the process's. */
if (process.platform === 'linux') workInBackground(5);

/** Entry of the thread that loads one list: the image's memory is shared, not copied. */
try {
  const loaded = loadListFile(workerData as ListFileTask);
  parentPort?.postMessage({ loaded });
} catch (error) {
  const { code, message, remedy } = fileError(error);
  parentPort?.postMessage({ failed: { code, message, remedy } });
}
