import { CallControlError, type Clock } from './ports.ts';

/**
 * Starts a request and settles as it does, or rejects with CallControlError `deadline` after `deadlineMs`. A request that
 * throws at once rejects. The adapter has its own, shorter deadline; a call must not depend on that.
 */
export function withDeadline<T>(clock: Clock, deadlineMs: number, request: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(deadlineMs, () =>
      reject(new CallControlError('deadline', `no answer within ${deadlineMs} ms`, null)),
    );
    new Promise<T>((started) => started(request())).then(resolve, reject).finally(cancel);
  });
}
