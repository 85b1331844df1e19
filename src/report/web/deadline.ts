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
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new NotAnswered()), ms);
  try {
    return await Promise.race([asked, promise]);
  } catch (error) {
    throw error instanceof NotAnswered ? error : new NotAnswered(error);
  } finally {
    clearTimeout(timer);
  }
}
