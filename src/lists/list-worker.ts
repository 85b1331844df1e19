import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { fileError } from './list-file-error.ts';
import { type ListFileTask, loadListFile } from './load-list-file.ts';

/** Calls go first. On Linux this is of the thread that asks for it; elsewhere it would be of the whole process. */
if (process.platform === 'linux') setPriority(5);

/** Entry of the thread that loads one list: the image's memory is handed over, not copied. */
try {
  const loaded = loadListFile(workerData as ListFileTask);
  parentPort?.postMessage({ loaded }, [loaded.image.buffer]);
} catch (error) {
  const { code, message, remedy } = fileError(error);
  parentPort?.postMessage({ failed: { code, message, remedy } });
}
