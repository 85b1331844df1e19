import { connect, type Socket } from 'node:net';
import type { CallFilter } from '../../call/call-filter.ts';
import type {
  CallerFound,
  CallOrder,
  CallPage,
  CallRange,
  CallRecord,
  CallRecords,
  ChallengeCounts,
  ChallengeDimension,
  ChangedVerdict,
  CountDimension,
  HourOfWeek,
  ReportSummary,
  StepCount,
  TopCaller,
  TopCallers,
  ValueCount,
} from '../../call/call-records.ts';
import type { MissedPeople, PeopleCursor } from '../../call/impact/missed-people.ts';
import { withDeadline } from '../../process/deadline.ts';
import type { AnsweredQuestions, Ask, Reply } from './records-socket.ts';
import { linesOf } from './socket-lines.ts';

const connectMs = 2_000;
/** Longer than the records process allows itself: only one that stands still is later. */
const answerMs = 35_000;
/** `forget` writes the whole database anew. */
const forgetMs = 600_000;
/** Some thousand calls with their whole records. */
const longestReply = 64 * 1024 * 1024;

/** The records could not be asked, or not answered. `code`: that of the answer, or `records-away`. */
export class RecordsAnswerError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Asks the process that has the projection; a connection is made when there is something to ask. */
export class SocketCallRecords implements CallRecords {
  readonly #path: string;
  readonly #answerMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #socket: Promise<Socket> | null = null;
  #asked = 0;

  constructor(path: string, limitMs = answerMs) {
    this.#path = path;
    this.#answerMs = limitMs;
  }

  page(
    filter: CallFilter,
    cursor: string | null,
    limit: number,
    order: CallOrder = 'newest',
  ): Promise<CallPage> {
    return this.#ask('page', filter, cursor, limit, order);
  }

  call(id: string): Promise<CallRecord | null> {
    return this.#ask('call', id);
  }

  counts(dimension: CountDimension, filter: CallFilter): Promise<readonly ValueCount[]> {
    return this.#ask('counts', dimension, filter);
  }

  timeline(starts: readonly number[], filter: CallFilter): Promise<readonly StepCount[]> {
    return this.#ask('timeline', starts, filter);
  }

  impacts(ranges: readonly CallRange[]): Promise<readonly StepCount[]> {
    return this.#ask('impacts', ranges);
  }

  hoursOfWeek(range: CallRange, zone: string): Promise<readonly HourOfWeek[]> {
    return this.#ask('hoursOfWeek', range, zone);
  }

  challenges(by: ChallengeDimension, filter: CallFilter, most: number): Promise<ChallengeCounts> {
    return this.#ask('challenges', by, filter, most);
  }

  changedVerdicts(range: CallRange): Promise<readonly ChangedVerdict[]> {
    return this.#ask('changedVerdicts', range);
  }

  missedPeople(range: CallRange, after: PeopleCursor | null, most: number): Promise<MissedPeople> {
    return this.#ask('missedPeople', range, after, most);
  }

  callersWith(digits: string, range: CallRange, most: number): Promise<readonly CallerFound[]> {
    return this.#ask('callersWith', digits, range, most);
  }

  async summary(range: CallRange, signal?: AbortSignal): Promise<ReportSummary> {
    signal?.throwIfAborted();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal?.reason);
    signal?.addEventListener('abort', stop);
    try {
      return await Promise.race([this.#ask<'summary'>('summary', range), aborted]);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  topCallers(filter: CallFilter, limit: number): Promise<TopCallers> {
    return this.#ask('topCallers', filter, limit);
  }

  callersAfter(filter: CallFilter, number: string, limit: number): Promise<readonly TopCaller[]> {
    return this.#ask('callersAfter', filter, number, limit);
  }

  forget(words: readonly string[]): Promise<void> {
    return this.#ask('forget', words);
  }

  /** False: nothing answers there. */
  async isThere(): Promise<boolean> {
    return this.#connected().then(
      () => true,
      () => false,
    );
  }

  close(): void {
    this.#socket?.then((socket) => socket.destroy()).catch(() => undefined);
  }

  async #ask<Question extends Ask>(
    ask: Question,
    ...args: readonly unknown[]
  ): Promise<Awaited<ReturnType<AnsweredQuestions[Question]>>> {
    const socket = await this.#connected();
    const id = ++this.#asked;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    socket.ref();
    socket.write(`${JSON.stringify({ id, ask, args })}\n`);
    try {
      const late = () => new RecordsAnswerError('records-away', 'the records were not answered in time');
      const answer = await withDeadline(() => promise, ask === 'forget' ? forgetMs : this.#answerMs, late);
      return answer as Awaited<ReturnType<AnsweredQuestions[Question]>>;
    } finally {
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) socket.unref();
    }
  }

  #connected(): Promise<Socket> {
    this.#socket ??= this.#connect().catch((error: unknown) => {
      this.#socket = null;
      throw new RecordsAnswerError('records-away', `the records cannot be asked: ${String(error)}`);
    });
    return this.#socket;
  }

  async #connect(): Promise<Socket> {
    const socket = connect(this.#path);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.setTimeout(connectMs, () => socket.destroy(new Error('no connection in time')));
    socket.once('connect', resolve);
    socket.once('error', reject);
    await promise;
    socket.setTimeout(0);
    socket.off('error', reject);
    void this.#hear(socket);
    return socket;
  }

  async #hear(socket: Socket): Promise<void> {
    try {
      for await (const line of linesOf(socket, longestReply)) {
        const { id, answer, error } = JSON.parse(line) as Reply;
        const waiting = this.#waiting.get(id);
        if (error) waiting?.reject(new RecordsAnswerError(error.code, error.message));
        else waiting?.resolve(answer);
      }
    } catch {
      // What waits is told below.
    }
    this.#socket = null;
    socket.destroy();
    for (const { reject } of this.#waiting.values())
      reject(
        new RecordsAnswerError('records-away', 'the records were not answered: the connection was closed'),
      );
  }
}
