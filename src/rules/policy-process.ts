import { on } from 'node:events';
import { getHeapStatistics } from 'node:v8';
import { readImage } from '../lists/held/image-cache.ts';
import type { ListImage } from '../lists/held/list-image.ts';
import { PackedList } from '../lists/held/packed-list.ts';
import type { Region } from '../numbers/phone-number.ts';
import type { ReadyList } from '../policy/compile/declared-lists.ts';
import { packPolicy } from '../policy/compile/packed-policy.ts';
import type { Problem } from '../policy/problem.ts';
import { endFirstWhenMemoryRunsOut, workInBackground } from '../process/background-work.ts';
import { faultOf, keepAccepted } from './accepted-files.ts';
import type { FromProcess, SentList, ToProcess } from './policy-messages.ts';
import { compileRead, holidaysOf, type ReadRules, readRules } from './read-rules.ts';

/** A wrong column makes a problem of every row, and each is sent to the calls' process. */
const maxProblems = 500;

/** One message to the calls' process. */
const pieceBytes = 256 * 1024;

/** Calls go first, and this process is the first to end when memory runs out. */
workInBackground(10);
endFirstWhenMemoryRunsOut();

/** Reads, compiles and proves rule directories beside the calls, one after the other. policy-loader.ts starts it. */
async function run(): Promise<void> {
  if (process.send === undefined) throw new Error('policy-process.ts is started by policy-loader.ts');
  const say = (message: FromProcess) => process.send?.(message);
  process.on('disconnect', () => process.exit());
  let asked: Asked | null = null;
  let loaded: (Asked & { readonly lists: readonly SentList[] }) | null = null;
  for await (const [message] of on(process, 'message') as AsyncIterable<[ToProcess]>) {
    try {
      switch (message.kind) {
        case 'load':
          asked = { task: message, read: await readRules(message.dir) };
          say({
            kind: 'declared',
            lists: asked.read.lists,
            region: asked.read.region,
            from: asked.read.from,
          });
          break;
        case 'lists':
          if (asked === null) break;
          if (!asked.task.onlyProven) loaded = { ...asked, lists: message.lists };
          await compile(asked, message.lists, say);
          break;
        case 'keep':
          if (!loaded?.read.region) throw new Error('nothing was loaded');
          keep(loaded.read, loaded.read.region, loaded.lists, message);
          say({ kind: 'kept' });
          break;
        case 'look':
          say({ kind: 'looked', fault: faultOf(message.folder) });
      }
    } catch (error) {
      say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  }
}

interface Asked {
  readonly task: Extract<ToProcess, { kind: 'load' }>;
  readonly read: ReadRules;
}

async function compile(
  { read, task: { wasAccepted, onlyProven } }: Asked,
  lists: readonly SentList[],
  say: (message: FromProcess) => void,
): Promise<void> {
  const ready = new Map(
    lists.map(({ id, image, digest, problems }): [string, ReadyList] => [
      id,
      { list: image && new PackedList(id, imageOf(id, image, digest)), digest, problems },
    ]),
  );
  const { policy, plan, problems, cases } = await compileRead(read, ready, { wasAccepted });
  const packed =
    policy && plan && !onlyProven
      ? packPolicy(plan.plan, plan.rules, await holidaysOf(read), Date.now())
      : null;
  for (let at = 0; packed && at < packed.lines.length; at += pieceBytes)
    say({ kind: 'lines', piece: packed.lines.slice(at, at + pieceBytes) });
  const shown = shortened(problems, read.dir);
  say({ kind: 'done', ends: packed?.ends ?? null, problems: shown, cases, heapMb: heapMb() });
}

function imageOf(id: string, image: Uint8Array | { readonly dir: string }, digest: string): ListImage {
  if ('dir' in image) {
    const found = readImage(image.dir, id, digest);
    if (found === null) throw new Error(`the image of the list "${id}" cannot be read`);
    return found;
  }
  const whole = new Uint8Array(new SharedArrayBuffer(image.length));
  whole.set(image);
  return whole;
}

function keep(
  { from, files, lists: declared }: ReadRules,
  region: Region,
  lists: readonly SentList[],
  { root, version, feeds }: Extract<ToProcess, { kind: 'keep' }>,
): void {
  const digests = new Map(lists.map(({ id, digest }) => [id, digest]));
  keepAccepted({
    ...{ root, version, now: Date.now(), from, files, region, feeds },
    lists: declared.map((one) => ({ declared: one, digest: digests.get(one.id) ?? 'none' })),
  });
}

function heapMb(): number {
  return Math.round(getHeapStatistics().total_heap_size / 1024 / 1024);
}

function shortened(problems: readonly Problem[], file: string): readonly Problem[] {
  if (problems.length <= maxProblems) return problems;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity !== 'error');
  const more: Problem = {
    severity: 'warning',
    ...{ file, line: 1, column: 1 },
    message: `there are ${problems.length - maxProblems} more problems`,
    remedy: 'run gatehouse check, which prints them all',
    code: 'more-problems',
  };
  return [...[...errors, ...warnings].slice(0, maxProblems), more];
}

await run();
