import { availableParallelism } from 'node:os';
import type { CallSource } from './call-source.ts';
import { BacktestError, Lane, type LanePlan } from './lane.ts';
import { emptyTally, mergeTally, type TallyData } from './tally.ts';
import { ThreadLane } from './thread-lane.ts';

export interface BacktestOutcome {
  readonly versions: Lane['versions'];
  readonly tally: TallyData;
  /** Numbers of the first lines that are no record of a call, from 1. */
  readonly unreadableLines: readonly number[];
  readonly threads: number;
}

export interface BacktestOptions extends LanePlan {
  readonly source: CallSource;
  readonly progress?: (done: number, total: number | null) => void;
  /** Threads beside this one for what is larger than a chunk; a thread for each processor by default. */
  readonly threads?: number;
}

const maxThreads = 8;

/**
 * Decides recorded calls again and counts the results. Memory does not grow with the number of calls.
 * @throws BacktestError
 */
export async function runBacktest(options: BacktestOptions): Promise<BacktestOutcome> {
  const { source, progress, threads = Math.min(availableParallelism(), maxThreads) } = options;
  const { rules, against, lists, between } = options;
  const plan: LanePlan = { rules, against, lists, between };
  const chunks = source.chunks((done) => progress?.(done, source.total))[Symbol.asyncIterator]();
  try {
    const first = await chunks.next();
    const second = first.done ? first : await chunks.next();
    // A few calls are decided sooner than a thread starts.
    if (first.done || second.done || threads === 0) {
      const all = [first, second].flatMap(({ done, value }) => (done ? [] : [value]));
      return await onThisThread(plan, all, chunks);
    }
    return await onThreads(plan, threads, [first.value, second.value], chunks);
  } finally {
    await chunks.return?.();
  }
}

type Chunk = Uint8Array<ArrayBuffer>;

async function onThisThread(
  plan: LanePlan,
  begun: readonly Chunk[],
  rest: AsyncIterator<Chunk>,
): Promise<BacktestOutcome> {
  const lane = await Lane.open(plan);
  const lines: number[] = [];
  for await (const chunk of allOf(begun, rest))
    lines.push(lane.read(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength), lines.length));
  return {
    versions: lane.versions,
    tally: lane.tally,
    unreadableLines: linesOf(lane.tally, lines),
    threads: 0,
  };
}

async function onThreads(
  plan: LanePlan,
  threads: number,
  begun: readonly Chunk[],
  rest: AsyncIterator<Chunk>,
): Promise<BacktestOutcome> {
  const lines: number[] = [];
  const opened = await Promise.allSettled(
    Array.from({ length: threads }, () =>
      ThreadLane.open(plan, (number, count) => {
        lines[number] = count;
      }),
    ),
  );
  const lanes = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    const failed = opened.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    const versions = sameVersions(lanes);
    let number = 0;
    for await (const chunk of allOf(begun, rest)) {
      const free = lanes.find((lane) => lane.hasRoom) ?? (await firstWithRoom(lanes));
      free.read(chunk, number++);
    }
    const tally = emptyTally();
    for (const counted of await Promise.all(lanes.map((lane) => lane.end()))) mergeTally(tally, counted);
    return { versions, tally, unreadableLines: linesOf(tally, lines), threads };
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

async function firstWithRoom(lanes: readonly ThreadLane[]): Promise<ThreadLane> {
  return Promise.race(lanes.map((lane) => lane.room().then(() => lane)));
}

/** Each lane reads the rules itself; an edit in between would mix two policies. */
function sameVersions(lanes: readonly ThreadLane[]): Lane['versions'] {
  const [first] = lanes;
  if (first === undefined) throw new BacktestError('lane-failed', 'no thread was started');
  const other = lanes.find(
    ({ versions }) => versions.rules !== first.versions.rules || versions.against !== first.versions.against,
  );
  if (other) throw new BacktestError('rules-changed', 'the rules changed while they were read; try again');
  return first.versions;
}

async function* allOf(begun: readonly Chunk[], rest: AsyncIterator<Chunk>): AsyncGenerator<Chunk> {
  yield* begun;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function linesOf(tally: TallyData, linesOfChunks: readonly number[]): number[] {
  return tally.unreadableAt.map(
    ({ chunk, line }) => line + linesOfChunks.slice(0, chunk).reduce((sum, count) => sum + count, 0),
  );
}
