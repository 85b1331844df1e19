import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BacktestError, type Lane, type LanePlan } from './lane.ts';
import type { TallyData } from './tally.ts';

/** TypeScript when run from source, JavaScript when built. */
const threadFile = new URL(`./lane-thread${extname(import.meta.filename)}`, import.meta.url);

/** Chunks that may wait in a lane: enough to keep it busy. */
const maxWaiting = 3;

/** A lane on a thread of its own. */
export class ThreadLane {
  readonly versions: Lane['versions'];
  readonly #worker: Worker;
  readonly #onRead: (number: number, lines: number) => void;
  #waiting = 0;
  #wake: (() => void) | null = null;
  #failure: BacktestError | null = null;
  #tally: TallyData | null = null;

  private constructor(
    worker: Worker,
    versions: Lane['versions'],
    onRead: (number: number, lines: number) => void,
  ) {
    this.#worker = worker;
    this.versions = versions;
    this.#onRead = onRead;
    worker.on('message', (message: FromLane) => this.#hear(message));
    worker.on('error', (error) => this.#fail(new BacktestError('lane-failed', error.message, error)));
    worker.on('exit', () => {
      if (this.#tally === null) this.#fail(new BacktestError('lane-failed', 'a thread ended early'));
    });
  }

  /** @throws BacktestError `rules-refused`, `lane-failed` */
  static async open(plan: LanePlan, onRead: (number: number, lines: number) => void): Promise<ThreadLane> {
    const worker = new Worker(threadFile, {
      workerData: plan,
      // Most objects die with their call: a large young generation collects them cheaply.
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    const { promise, resolve, reject } = Promise.withResolvers<Lane['versions']>();
    const hear = (message: FromLane) => {
      if (message.kind === 'ready') resolve(message.versions);
      else if (message.kind === 'failed') reject(errorFrom(message));
    };
    worker.once('message', hear);
    worker.once('error', reject);
    try {
      const versions = await promise;
      worker.off('error', reject);
      return new ThreadLane(worker, versions, onRead);
    } catch (error) {
      await worker.terminate();
      throw error instanceof BacktestError ? error : new BacktestError('lane-failed', String(error), error);
    }
  }

  get hasRoom(): boolean {
    return this.#waiting < maxWaiting;
  }

  /** Resolves when there is room for a chunk. @throws BacktestError */
  async room(): Promise<void> {
    while (!this.hasRoom && this.#failure === null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    if (this.#failure) throw this.#failure;
  }

  /** The memory of `bytes` is the thread's from now on. */
  read(bytes: Uint8Array<ArrayBuffer>, number: number): void {
    this.#waiting++;
    this.#say({ kind: 'chunk', number, bytes }, [bytes.buffer]);
  }

  /** What it counted, after everything was read. @throws BacktestError */
  async end(): Promise<TallyData> {
    this.#say({ kind: 'end' });
    for (;;) {
      if (this.#failure) throw this.#failure;
      if (this.#tally) return this.#tally;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #say(message: ToLane, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #hear(message: FromLane): void {
    if (message.kind === 'failed') this.#fail(errorFrom(message));
    if (message.kind === 'tally') this.#tally = message.tally;
    if (message.kind === 'read') {
      this.#waiting--;
      this.#onRead(message.number, message.lines);
    }
    this.#awake();
  }

  #fail(error: BacktestError): void {
    this.#failure ??= error;
    this.#awake();
  }

  #awake(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

function errorFrom({ code, message }: FromLane & { kind: 'failed' }): BacktestError {
  return new BacktestError(code === 'rules-refused' ? 'rules-refused' : 'lane-failed', message);
}

/** To a lane's thread: whole lines, whose memory goes with them; and the end. */
export type ToLane =
  | { readonly kind: 'chunk'; readonly number: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' };

export type FromLane =
  | { readonly kind: 'ready'; readonly versions: Lane['versions'] }
  | { readonly kind: 'read'; readonly number: number; readonly lines: number }
  | { readonly kind: 'tally'; readonly tally: TallyData }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
