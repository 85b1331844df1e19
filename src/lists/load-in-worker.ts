import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { fileError, ListFileError, type ListFileErrorCode } from './list-file-error.ts';
import { type ListFileTask, type LoadedFile, loadListFile } from './load-list-file.ts';

/** Below this a file is read sooner than a thread starts; it takes a few ms. */
const smallBytes = 128 * 1024;
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
  if (size < smallBytes) return loadListFile(task);
  const entry = import.meta.url.endsWith('.ts') ? './list-worker.ts' : './list-worker.js';
  const worker = new Worker(new URL(entry, import.meta.url), { workerData: task, name: `list ${task.id}` });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      const broken = (cause: unknown) =>
        reject(
          new ListFileError(
            'loader-failed',
            'the thread that read the file ended',
            'look for lack of memory',
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
