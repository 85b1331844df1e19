import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FeedChoice } from '../lists/feeds/followed-feeds.ts';
import { hasImage } from '../lists/held/image-cache.ts';
import { PackedList } from '../lists/held/packed-list.ts';
import type { ListLibrary } from '../lists/list-library.ts';
import type { Region } from '../numbers/phone-number.ts';
import type { CompileResult } from '../policy/compile/compile.ts';
import type { DeclaredList, ReadyList } from '../policy/compile/declared-lists.ts';
import { unpackPolicy } from '../policy/compile/packed-policy.ts';
import type { Problem } from '../policy/problem.ts';
import type { FromProcess, SentList, ToProcess } from './policy-messages.ts';

export interface LoadLimits {
  /** For everything: reading, lists, compiling, proofs, cases. */
  readonly deadlineMs: number;
  readonly memoryMb: number;
}

/** Twenty thousand rules for a number each take 8 s and some 500 MB on two cores. */
const usualLimits: LoadLimits = { deadlineMs: 180_000, memoryMb: 640 };
/** Edits come in bursts and a process takes half a second to start, so it is kept a while; less when it has grown large. */
const keptMs = 30_000;
const keptLargeMs = 2_000;
const largeMb = 200;
/** A list up to this is sent as it is. */
const sentBytes = 256 * 1024;

export interface LoadOptions {
  readonly feeds?: FeedChoice;
  /** It was accepted before: a case that fails because of today's date does not refuse it. */
  readonly wasAccepted?: boolean;
}

export interface LoadedPolicy extends CompileResult {
  /** What policy.yaml declares, refused or not; null: it could not be read. */
  readonly declared: { readonly lists: readonly DeclaredList[]; readonly region: Region } | null;
}

/** What a directory would be with other lists. */
export interface Proof {
  /** An error among them: it would be refused. */
  readonly problems: readonly Problem[];
  /** By id. */
  readonly lists: ReadonlyMap<string, ReadyList>;
}

type Heard<K extends FromProcess['kind']> = Extract<FromProcess, { kind: K }>;

/**
 * Loads rule directories beside the calls: a process of its own reads, compiles and proves them and runs the cases, bounded
 * in time and memory; whatever becomes of it, calls go on. The policy comes over as plain data and is built here in steps of a few ms.
 */
export class PolicyLoader {
  readonly #library: ListLibrary;
  readonly #limits: LoadLimits;
  #child: ChildProcess | null = null;
  #idle: NodeJS.Timeout | null = null;
  #heapMb = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(library: ListLibrary, limits: Partial<LoadLimits> = {}) {
    this.#library = library;
    this.#limits = { ...usualLimits, ...limits };
  }

  /**
   * One directory after the other. Never rejects: whatever goes wrong is a problem that names its remedy.
   * @param dir as the user typed it
   */
  load(dir: string, options: LoadOptions = {}): Promise<LoadedPolicy> {
    return this.#next(() => this.#load(dir, options));
  }

  /**
   * What would become of the directory with other files in the place of some lists, by list id. Nothing of it comes into force, and
   * nothing that is loaded or held changes. Never rejects.
   */
  prove(dir: string, replaced: ReadonlyMap<string, string>): Promise<Proof> {
    return this.#next(async () => {
      let lists: ReadonlyMap<string, ReadyList> = new Map();
      const declared = async ({ lists: asked, region, from }: Heard<'declared'>): Promise<ToProcess> => {
        if (region !== null) lists = await this.#library.openReplaced(asked, region, dir, from, replaced);
        return { kind: 'lists', lists: await Promise.all([...lists].map((one) => this.#sentList(one))) };
      };
      try {
        const task = { kind: 'load', dir, wasAccepted: false, onlyProven: true } as const;
        const { problems, heapMb } = await this.#ask(task, 'done', { declared, lines: () => undefined });
        this.#heapMb = heapMb;
        return { problems, lists };
      } catch (error) {
        return { problems: [this.#problemOf(dir, error)], lists };
      }
    });
  }

  /** Writes what was loaded last, with its lists. Rejects when it cannot be kept. */
  async keep(root: string, version: string, feeds: string | null): Promise<void> {
    await this.#next(() => this.#ask({ kind: 'keep', root, version, feeds }, 'kept'));
  }

  /** What is wrong with a policy that was kept; null: nothing. */
  async look(folder: string): Promise<string | null> {
    try {
      return (await this.#next(() => this.#ask({ kind: 'look', folder }, 'looked'))).fault;
    } catch (error) {
      return String(error);
    }
  }

  close(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  #next<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #load(dir: string, { feeds, wasAccepted = false }: LoadOptions): Promise<LoadedPolicy> {
    let declared: LoadedPolicy['declared'] = null;
    let ready: ReadonlyMap<string, ReadyList> = new Map();
    const pieces: Uint8Array[] = [];
    const openLists = async ({ lists, region, from }: Heard<'declared'>): Promise<ToProcess> => {
      if (region !== null) {
        declared = { lists, region };
        ready = await this.#library.open(lists, region, dir, from, feeds);
      }
      return { kind: 'lists', lists: await Promise.all([...ready].map((one) => this.#sentList(one))) };
    };
    const hear = { declared: openLists, lines: (piece: Uint8Array) => pieces.push(piece) };
    try {
      const done = await this.#ask({ kind: 'load', dir, wasAccepted, onlyProven: false }, 'done', hear);
      this.#heapMb = done.heapMb;
      const { ends, problems, cases } = done;
      const lists = new Map([...ready].flatMap(([id, { list }]) => (list ? [[id, list] as const] : [])));
      const policy = ends && (await inSlices(unpackPolicy({ lines: joined(pieces), ends }, lists)));
      return { policy, problems, declared, ...(cases && { cases }) };
    } catch (error) {
      return { policy: null, problems: [this.#problemOf(dir, error)], declared };
    }
  }

  /** A large list is read there from its image on disk; it was written when the list was read. */
  async #sentList([id, { list, digest, problems }]: readonly [string, ReadyList]): Promise<SentList> {
    const image = list instanceof PackedList ? list.image : null;
    const isLarge = image !== null && image.length > sentBytes;
    for (const dir of isLarge ? this.#library.imageDirs : [])
      if (await hasImage(dir, id, digest)) return { id, image: { dir }, digest, problems };
    return { id, image: image && Uint8Array.from(image), digest, problems };
  }

  /** Sends a task to the process and waits for its end. The process is ended when it does not come within the limits. */
  async #ask<K extends FromProcess['kind']>(
    task: ToProcess,
    awaited: K,
    hear?: {
      readonly declared: (message: Heard<'declared'>) => Promise<ToProcess>;
      readonly lines: (piece: Uint8Array) => void;
    },
  ): Promise<Heard<K>> {
    const child = this.#startedProcess();
    const { promise, resolve, reject } = Promise.withResolvers<Heard<K>>();
    const timer = setTimeout(() => reject(new TooSlow()), this.#limits.deadlineMs);
    const onMessage = (message: FromProcess) => {
      if (message.kind === awaited) resolve(message as Heard<K>);
      else if (message.kind === 'failed') reject(new TaskFailed(message.message));
      else if (message.kind === 'lines') hear?.lines(message.piece);
      else if (message.kind === 'declared')
        hear?.declared(message).then((answer) => child.send(answer), reject);
    };
    const onExit = (code: number | null, signal: string | null) =>
      reject(isOutOfMemory(code, signal) ? new TooLarge() : new ProcessEnded(code, signal));
    child.on('message', onMessage);
    child.once('error', reject);
    child.once('exit', onExit);
    child.send(task, (error) => error && reject(error));
    try {
      return await promise;
    } catch (error) {
      if (!(error instanceof TaskFailed)) this.#end(child);
      throw error;
    } finally {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('error', reject);
      child.off('exit', onExit);
      this.#rest(child);
    }
  }

  #problemOf(dir: string, error: unknown): Problem {
    const { deadlineMs, memoryMb } = this.#limits;
    const said = error instanceof Error ? error.message : String(error);
    const [code, message, remedy] =
      error instanceof TooSlow
        ? ([
            'rules-too-slow',
            `the rules took longer than ${deadlineMs / 1000} s to load and prove`,
            'move numbers from rules to list files; gatehouse check shows what takes the time',
          ] as const)
        : error instanceof TooLarge
          ? ([
              'rules-too-large',
              `the rules need more memory to load and prove than there is (at most ${memoryMb} MB)`,
              'move numbers from rules to list files',
            ] as const)
          : ([
              'unforeseen',
              `the rules could not be read: ${said}`,
              'run gatehouse check; if it says the same, this is a fault of Gatehouse: please report it',
            ] as const);
    return { severity: 'error', file: dir, line: 1, column: 1, message, remedy, code };
  }

  #startedProcess(): ChildProcess {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    if (this.#child === null) {
      const entry = new URL(`./policy-process${extname(import.meta.filename)}`, import.meta.url);
      const child = fork(fileURLToPath(entry), [], {
        serialization: 'advanced',
        execArgv: [`--max-old-space-size=${this.#limits.memoryMb}`],
        // V8's last words say less than the problem reported instead.
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      // Between loads too: an unhandled error would end this process.
      const gone = () => {
        if (this.#child === child) this.#child = null;
      };
      child.on('error', gone);
      child.on('exit', gone);
      this.#child = child;
    }
    this.#child.ref();
    this.#child.channel?.ref();
    return this.#child;
  }

  /** Kept a while for the next edit; idle, it does not keep this process alive. */
  #rest(child: ChildProcess): void {
    if (this.#child !== child) return;
    child.unref();
    child.channel?.unref();
    this.#idle = setTimeout(() => this.#end(child), this.#heapMb > largeMb ? keptLargeMs : keptMs);
    this.#idle.unref();
  }

  #end(child: ChildProcess): void {
    if (this.#child === child) this.#child = null;
    child.kill('SIGKILL');
  }
}

/** V8 ends a process that exceeds its heap, the kernel one that exceeds the machine's memory. */
function isOutOfMemory(code: number | null, signal: string | null): boolean {
  return signal === 'SIGABRT' || signal === 'SIGKILL' || code === 134;
}

class TooSlow extends Error {}
class TooLarge extends Error {}
class ProcessEnded extends Error {
  constructor(code: number | null, signal: string | null) {
    super(`the process that reads the rules ended by itself (${signal ?? code})`);
  }
}
/** Of one task; the process goes on. */
class TaskFailed extends Error {}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Runs the steps a few ms at a time, so that calls run in between. @returns what the steps return */
export async function inSlices<T>(steps: Generator<void, T>, sliceMs = 3): Promise<T> {
  for (;;) {
    const until = performance.now() + sliceMs;
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (performance.now() < until);
    await setImmediate();
  }
}
