import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type EditedFile, EditRefused, type EditTask } from './row-edit.ts';

const deadlineMs = 60_000;

type Answer = { readonly written: EditedFile } | { readonly refused: string };

/** `writeEdited` beside the event loop: calls go on while a list of millions of rows is copied. @throws EditRefused; or why the thread failed */
export async function editInThread(task: EditTask): Promise<EditedFile> {
  const entry = new URL(`./edit-thread${extname(import.meta.filename)}`, import.meta.url);
  const worker = new Worker(entry, {
    ...{ workerData: task, name: 'list edit', resourceLimits: { maxOldGenerationSizeMb: 256 } },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  worker.once('message', resolve).once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the thread that changes the file ended early (${code})`)));
  const timer = setTimeout(
    () => reject(new EditRefused(`the file took longer than ${deadlineMs / 1000} s to change`)),
    deadlineMs,
  );
  try {
    const answer = await promise;
    if ('refused' in answer) throw new EditRefused(answer.refused);
    return answer.written;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
