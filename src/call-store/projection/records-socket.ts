import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { CallRecords } from '../../call/call-records.ts';
import { linesOf } from './socket-lines.ts';

/** What can be asked over the socket, one JSON object a line: `{ id, ask, args }`, answered by `{ id, answer }` or `{ id, error }`. */
export interface AnsweredQuestions extends CallRecords {
  /** Takes calls that hold one of the words out of the database. */
  forget(words: readonly string[]): Promise<void>;
}

export type Ask = keyof AnsweredQuestions;

export interface Request {
  readonly id: number;
  readonly ask: Ask;
  readonly args: readonly unknown[];
}

export interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

const questions: readonly Ask[] = [
  'page',
  'call',
  'counts',
  'timeline',
  'impacts',
  'hoursOfWeek',
  'challenges',
  'changedVerdicts',
  'missedPeople',
  'callersWith',
  'summary',
  'topCallers',
  'callersAfter',
  'forget',
];
const mostConnections = 32;
/** Of one connection; the next are read when these are answered. */
const mostAtOnce = 16;
const longestRequest = 65_536;
const deadlineMs = 30_000;

/** Answers on a unix socket that this user alone may open. Rejects when it cannot listen there. */
export async function answerOnSocket(path: string, records: AnsweredQuestions): Promise<Server> {
  // One process has the data directory: what is there was left by one that ended.
  rmSync(path, { force: true });
  const server = createServer((socket) => void answerAll(socket, records));
  server.maxConnections = mostConnections;
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(before);
  }
  return server;
}

async function answerAll(socket: Socket, records: AnsweredQuestions): Promise<void> {
  const over = new AbortController();
  socket.on('close', () => over.abort(new Error('the connection was closed')));
  const open = new Set<Promise<void>>();
  try {
    for await (const line of linesOf(socket, longestRequest)) {
      const answering = answerOf(line, records, over.signal).then((reply) => {
        if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
      });
      open.add(answering);
      void answering.finally(() => open.delete(answering));
      if (open.size >= mostAtOnce) await Promise.race(open);
    }
  } catch {
    // Half a request, or one that is too long.
  }
  socket.destroy();
}

async function answerOf(line: string, records: AnsweredQuestions, closed: AbortSignal): Promise<Reply> {
  const { id, ask, args } = requestOf(line);
  try {
    if (!questions.includes(ask)) throw new TypeError('no such question');
    const signal = AbortSignal.any([closed, AbortSignal.timeout(deadlineMs)]);
    const given = ask === 'summary' ? [args[0], signal] : args;
    return {
      id,
      answer: await (records[ask] as (...given: readonly unknown[]) => Promise<unknown>)(...given),
    };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return {
      id,
      error: { code: typeof code === 'string' ? code : 'records-failed', message: String(message) },
    };
  }
}

function requestOf(line: string): Request {
  try {
    const { id, ask, args } = JSON.parse(line) as Partial<Request>;
    return { id: Number(id), ask: ask as Ask, args: Array.isArray(args) ? args : [] };
  } catch {
    return { id: Number.NaN, ask: '' as Ask, args: [] };
  }
}
