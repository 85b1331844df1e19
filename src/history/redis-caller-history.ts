import type { CallFacts, CallHistory, WindowCounts } from '../call/facts.ts';
import { type CallerNames, plainNames } from '../privacy/caller-names.ts';
import { withDeadline } from '../process/deadline.ts';
import { type RedisClient, type RedisCommand, type RedisReply, runAll } from '../redis/redis-client.ts';
import { callerKeys, expectedKey, type Scope, scopeCountsKey } from '../redis/redis-keys.ts';
import type { CallerHistory } from '../screening/ports.ts';
import { scopesOf } from './history-scopes.ts';
import { bucketNames, windowLengths, windowsOfBuckets } from './history-windows.ts';
import { flagCounts } from './redis-caller-flags.ts';
import { applicableExpectation, expectedFields } from './redis-expected-calls.ts';

/** `deadline`: not answered in time; `unavailable`: Redis is away, or answered with an error. */
export class CallerHistoryError extends Error {
  readonly code: 'deadline' | 'unavailable';
  constructor(code: 'deadline' | 'unavailable', message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CallerHistoryError';
    this.code = code;
  }
}

/** What one part of the history was asked for: one command, one hash slot. */
interface Part {
  readonly ask: RedisCommand;
  readonly take: (result: unknown) => Partial<CallHistory>;
  /** Without it there is no history: it holds what admits a caller. */
  readonly isNeeded?: true;
}

export class RedisCallerHistory implements CallerHistory {
  readonly #redis: RedisClient;
  readonly #names: CallerNames;

  /** The connection should be its own: behind a batch of outcomes a caller would wait. */
  constructor(redis: RedisClient, names: CallerNames = plainNames) {
    this.#redis = redis;
    this.#names = names;
  }

  /**
   * At once with `unavailable` when Redis is known to be away; otherwise one round trip of at most `deadlineMs`. Of a
   * caller without a number everything that belongs to numbers is left out (not known), but no pass, no call of ours
   * and no expectation are known to be there. A part that Redis answers with an error is left out too, unless it is
   * the caller's own: then it rejects.
   */
  async read(facts: CallFacts, deadlineMs: number): Promise<CallHistory> {
    if (this.#redis.status !== 'ready') throw new CallerHistoryError('unavailable', 'Redis is away');
    const late = () => new CallerHistoryError('deadline', `no answer from Redis within ${deadlineMs} ms`);
    try {
      const parts = partsOf(facts, this.#names);
      const asked = runAll(
        this.#redis,
        parts.map(({ ask }) => ask),
      );
      return historyOf(parts, await withDeadline(() => asked, deadlineMs, late));
    } catch (error) {
      if (error instanceof CallerHistoryError) throw error;
      throw new CallerHistoryError('unavailable', 'caller history could not be read', error);
    }
  }
}

function partsOf(facts: CallFacts, names: CallerNames): Part[] {
  const { exchange, signer, called, board } = scopesOf(facts);
  const asked = [String(facts.now), ...windowLengths.map(String)];
  const counts = (scope: Scope | null, field: keyof CallHistory): Part[] => {
    if (scope === null) return [];
    const key = scopeCountsKey(scope);
    return [
      {
        ask: (pipeline) => pipeline.hmgetBuffer(key, ...bucketNames),
        take: (packed) => ({ [field]: windowsOfBuckets(packed, facts.now) }),
      },
    ];
  };
  return [
    ...(facts.caller.number === null ? [] : callerParts(names.of(facts.caller.number), facts, asked)),
    ...counts(exchange, 'exchangeCalls'),
    ...counts(signer, 'signerCalls'),
    ...counts(called, 'calledNumberCalls'),
    ...counts(board, 'boardCalls'),
  ];
}

function callerParts(name: string, facts: CallFacts, asked: readonly string[]): Part[] {
  const { pass, dialed, optedOut, flags, calls } = callerKeys(name);
  const keys = [pass, dialed, optedOut, flags, calls];
  const fields = expectedFields(name, facts.called.number);
  return [
    {
      ask: (pipeline) => pipeline.readCaller(...keys, ...asked),
      take: callerPart(facts.now),
      isNeeded: true,
    },
    {
      ask: (pipeline) => pipeline.hmget(expectedKey, ...fields),
      take: (rows) => ({ expected: applicableExpectation(rows, facts.now) }),
    },
  ];
}

const callerPart =
  (now: number) =>
  (result: unknown): Partial<CallHistory> => {
    const [pass, dialed, optedOut, flags, calls, failed, called] = Array.isArray(result) ? result : [];
    return {
      passUntil: passEnd(pass),
      dialedUntil: epochMs(dialed),
      optedOut: (epochMs(optedOut) ?? 0) > now,
      flags: flagCounts(flags),
      calls: windowCounts(calls),
      failedChallenges: windowCounts(failed),
      calledNumbers: windowCounts(called),
    };
  };

function historyOf(parts: readonly Part[], replies: readonly RedisReply[]): CallHistory {
  const history: Partial<CallHistory>[] = [];
  for (const [at, part] of parts.entries()) {
    const [error, result] = replies[at] ?? [new Error('no reply'), null];
    if (error === null) history.push(part.take(result));
    else if (part.isNeeded || parts.length === 1) throw error;
  }
  if (history.length === 0) throw replies[0]?.[0] ?? new Error('no reply');
  const nothing = parts.some((part) => part.isNeeded) ? {} : { dialedUntil: null, expected: null };
  return Object.assign({ passUntil: null, ...nothing }, ...history);
}

/** Null when there is none, or it was withdrawn. */
function passEnd(pass: unknown): number | null {
  return typeof pass === 'string' ? epochMs(pass.split(' ', 1)[0]) || null : null;
}

function epochMs(text: unknown): number | null {
  return typeof text === 'string' && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

/** Null when it is not what the script returns. */
function windowCounts(row: unknown): WindowCounts | null {
  if (!Array.isArray(row) || row.length !== windowLengths.length) return null;
  return row.map((count) => (Number.isSafeInteger(count) ? (count as number) : null));
}
