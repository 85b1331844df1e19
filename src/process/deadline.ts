import { type Clock, systemClock } from './clock.ts';

/**
 * Starts `work` and settles as it does, or rejects with `late(deadlineMs)` after `deadlineMs`. Work that throws at once
 * rejects; whatever it does after the deadline is ignored.
 */
export function withDeadline<T>(
  work: () => Promise<T>,
  deadlineMs: number,
  late: (deadlineMs: number) => Error,
  clock: Pick<Clock, 'after'> = systemClock,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(deadlineMs, () => reject(late(deadlineMs)));
    new Promise<T>((started) => started(work())).then(resolve, reject).finally(cancel);
  });
}
