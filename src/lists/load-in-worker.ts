import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type ListFileTask, type LoadedFile, loadListFile } from './load-list-file.ts';
import { fileError, ListFileError, type ListFileErrorCode } from './regular-file.ts';

/**
 * Smaller files are read faster than a thread starts. In `serve` only a few ms are allowed: a number in an unusual format
 * takes 0.1 ms.
 */
const smallBytes = { serving: 4096, command: 128 * 1024 };
const timeoutMs = 180_000;

type Answer =
  | { readonly loaded: LoadedFile }
  | { readonly failed: { code: ListFileErrorCode; message: string; remedy: string } };

/**
 * `loadListFile` beside the event loop: calls go on while ten million rows are read. Gives up after three minutes.
 * @throws ListFileError
 */
export async function loadInWorker(task: ListFileTask): Promise<LoadedFile> {
  const { size } = await stat(task.path).catch((error: unknown) => {
    throw fileError(error);
  });
  if (size < smallBytes[task.mayWrite ? 'serving' : 'command']) return loadListFile(task);
  const entry = new URL(`./list-worker${extname(import.meta.filename)}`, import.meta.url);
  const worker = new Worker(entry, {
    workerData: task,
    name: `list ${task.id}`,
    // Rows live outside the heap, bounded by the file's length and the number of rows.
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      const broken = (cause: unknown) =>
        reject(
          new ListFileError(
            'loader-failed',
            'the thread that read the file ended early',
            'check that the machine has enough memory',
            cause,
          ),
        );
      worker.once('message', resolve);
      worker.once('error', broken);
      worker.once('exit', broken);
      timer = setTimeout(() => {
        const message = `the file took longer than ${timeoutMs / 1000} s to read`;
        reject(
          new ListFileError('too-slow', message, 'write its numbers as +13175550123, without stray quotes'),
        );
      }, timeoutMs);
    });
    if ('loaded' in answer) return answer.loaded;
    const { code, message, remedy } = answer.failed;
    throw new ListFileError(code, message, remedy);
  } finally {
    clearTimeout(timer);
    void worker.terminate();
  }
}
