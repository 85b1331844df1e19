import { withDeadline } from '../../process/deadline.ts';

/** What the report asks for did not come in time. */
export class NotAnswered extends Error {
  readonly code = 'not-answered';
  constructor(cause?: unknown) {
    super('the records did not answer', cause === undefined ? undefined : { cause });
    this.name = 'NotAnswered';
  }
}

/** A frozen Redis says nothing at all: a page is answered all the same. */
export const recordsDeadlineMs = 4000;

/** @throws NotAnswered when `asked` rejects or takes longer than `ms` */
export async function answered<T>(asked: Promise<T>, ms = recordsDeadlineMs): Promise<T> {
  try {
    return await withDeadline(
      () => asked,
      ms,
      () => new NotAnswered(),
    );
  } catch (error) {
    throw error instanceof NotAnswered ? error : new NotAnswered(error);
  }
}
