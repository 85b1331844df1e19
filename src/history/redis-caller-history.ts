import type { CallFacts, CallHistory, VerifiedCalls, WindowCounts } from '../call/facts.ts';
import { rememberedVerifications } from '../call/vocabulary.ts';
import { standardWindows } from '../call/windows.ts';
import { type CallerNames, plainNames } from '../privacy/caller-names.ts';
import { withDeadline } from '../process/deadline.ts';
import { type RedisClient, type RedisCommand, type RedisReply, runAll } from '../redis/redis-client.ts';
import { callerKeys, expectedKey, type Scope, scopeCountsKey } from '../redis/redis-keys.ts';
import type { CallerHistory } from '../screening/ports.ts';
import { verifiedMarks } from './call-marks.ts';
import { scopesOf } from './history-scopes.ts';
import { bucketNames, type Counted, windowsOfBuckets } from './history-windows.ts';
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

/** By what is counted of a scope, where it belongs in the history. */
type CountsAsked = { readonly [C in Counted]?: keyof CallHistory };

export class RedisCallerHistory implements CallerHistory {
  readonly #redis: RedisClient;
  readonly #names: CallerNames;

  readonly #windows: () => readonly number[];

  /**
   * The connection should be its own: behind a batch of outcomes a caller would wait.
   * @param windows lengths of further windows that the rules in force ask for, ms
   */
  constructor(
    redis: RedisClient,
    names: CallerNames = plainNames,
    windows: () => readonly number[] = () => [],
  ) {
    this.#redis = redis;
    this.#names = names;
    this.#windows = windows;
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
      const more = this.#windows();
      const parts = partsOf(facts, this.#names, [...standardWindows, ...more]);
      const asked = runAll(
        this.#redis,
        parts.map(({ ask }) => ask),
      );
      const history = historyOf(parts, await withDeadline(() => asked, deadlineMs, late));
      return more.length === 0 ? history : { ...history, moreWindows: more };
    } catch (error) {
      if (error instanceof CallerHistoryError) throw error;
      throw new CallerHistoryError('unavailable', 'caller history could not be read', error);
    }
  }
}

function partsOf(facts: CallFacts, names: CallerNames, lengths: readonly number[]): Part[] {
  const { exchange, signer, origid, called, board } = scopesOf(facts);
  const counts = (scope: Scope | null, asked: CountsAsked): Part[] => {
    if (scope === null) return [];
    const key = scopeCountsKey(scope);
    const of = Object.keys(asked) as Counted[];
    const names = of.flatMap(bucketNames);
    return [
      {
        ask: (pipeline) => pipeline.hmgetBuffer(key, ...names),
        take: (packed: unknown) => {
          const fields: unknown[] = Array.isArray(packed) ? packed : [];
          const windows = of.map((counted, at) => {
            const size = names.length / of.length;
            const own = fields.slice(at * size, (at + 1) * size);
            return [asked[counted], windowsOfBuckets(own, facts.now, lengths)] as const;
          });
          return Object.fromEntries(windows);
        },
      },
    ];
  };
  return [
    ...(facts.caller.number === null ? [] : callerParts(names.of(facts.caller.number), facts, lengths)),
    ...counts(exchange, {
      all: 'exchangeCalls',
      failed: 'exchangeFailed',
      passed: 'exchangePassed',
      decoys: 'exchangeDecoyCalls',
    }),
    ...counts(signer, {
      all: 'signerCalls',
      failed: 'signerFailed',
      passed: 'signerPassed',
      decoys: 'signerDecoyCalls',
    }),
    ...counts(origid, { failed: 'origidFailed', passed: 'origidPassed' }),
    ...counts(called, { all: 'calledNumberCalls', unknown: 'unknownCalledNumberCalls' }),
    ...counts(board, { all: 'boardCalls', unknown: 'unknownBoardCalls' }),
  ];
}

function callerParts(name: string, facts: CallFacts, lengths: readonly number[]): Part[] {
  // The script takes the shortest first.
  const sorted = [...lengths].sort((a, b) => a - b);
  const places = lengths.map((length) => sorted.indexOf(length));
  const asked = [String(facts.now), ...sorted.map(String)];
  const { pass, dialed, optedOut, flags, calls } = callerKeys(name);
  const keys = [pass, dialed, optedOut, flags, calls];
  const fields = expectedFields(name, facts.called.number);
  return [
    {
      ask: (pipeline) => pipeline.readCaller(...keys, ...asked),
      take: callerPart(facts.now, places),
      isNeeded: true,
    },
    {
      ask: (pipeline) => pipeline.hmget(expectedKey, ...fields),
      take: (rows) => ({ expected: applicableExpectation(rows, facts.now) }),
    },
  ];
}

const callerPart =
  (now: number, places: readonly number[]) =>
  (result: unknown): Partial<CallHistory> => {
    const [pass, dialed, optedOut, flags, calls, failed, called, decoys, marks] = Array.isArray(result)
      ? result
      : [];
    const marked = countsByMark(marks);
    return {
      passUntil: passEnd(pass),
      dialedUntil: epochMs(dialed),
      optedOut: (epochMs(optedOut) ?? 0) > now,
      flags: flagCounts(flags),
      calls: windowCounts(calls, places),
      failedChallenges: windowCounts(failed, places),
      calledNumbers: windowCounts(called, places),
      decoys: windowCounts(decoys, places),
      verified: marked && verifiedCalls(marked),
      heard: marked && heardOf(marked),
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
function windowCounts(row: unknown, places: readonly number[]): WindowCounts | null {
  if (!Array.isArray(row) || row.length !== places.length) return null;
  return places.map((place) => (Number.isSafeInteger(row[place]) ? (row[place] as number) : null));
}

/** How many calls have each mark; null when it is not what the script returns. */
function countsByMark(row: unknown): ReadonlyMap<unknown, number> | null {
  if (!Array.isArray(row) || row.length % 2 !== 0) return null;
  const pairs = Array.from({ length: row.length / 2 }, (_, at) => [row[2 * at], row[2 * at + 1]] as const);
  return new Map(pairs.filter(([, count]) => Number.isSafeInteger(count)));
}

function verifiedCalls(marked: ReadonlyMap<unknown, number>): VerifiedCalls {
  return Object.fromEntries(
    rememberedVerifications.flatMap((one) => {
      const count = marked.get(verifiedMarks[one]);
      return count === undefined ? [] : [[one, count]];
    }),
  );
}

function heardOf(marked: ReadonlyMap<unknown, number>): NonNullable<CallHistory['heard']> {
  const fax = marked.get('x');
  const tty = marked.get('t');
  return { ...(fax !== undefined && { fax }), ...(tty !== undefined && { tty }) };
}
