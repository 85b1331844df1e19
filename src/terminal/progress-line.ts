import { performance } from 'node:perf_hooks';
import { styleText } from 'node:util';

const drawEveryMs = 100;
/** In a log or a pipe: nothing for short work, then a line now and then. */
const firstLineMs = 3000;
const lineEveryMs = 5000;

/** Progress on one line of a terminal; nothing where stderr is not a terminal. */
export class ProgressLine {
  readonly #noun: string;
  readonly #startedAt = performance.now();
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(noun: string) {
    this.#noun = noun;
  }

  /** @param total null: unknown */
  show(done: number, total: number | null): void {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#drawnAt < drawEveryMs) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    process.stderr.write(`\r\u001b[K${styleText('dim', this.#text(done, total, now - this.#startedAt))}`);
  }

  clear(): void {
    if (this.#isDrawn) process.stderr.write('\r\u001b[K');
    this.#isDrawn = false;
  }

  #text(done: number, total: number | null, ms: number): string {
    const seconds = `${(ms / 1000).toFixed(0)} s`;
    if (total === null || total <= 0) return `${this.#noun} ${seconds}`;
    const share = Math.min(1, done / total);
    const width = Math.max(0, Math.min(30, process.stderr.columns - this.#noun.length - 16));
    const filled = Math.round(share * width);
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    return `${this.#noun} ${bar} ${(100 * share).toFixed(0)} %  ${seconds}`;
  }
}

/** Progress of a command with several stages, on stderr: one line on a terminal, elsewhere a line every few seconds. */
export class StageProgress {
  readonly #command: string;
  readonly #startedAt = performance.now();
  #writtenAt = this.#startedAt + firstLineMs - lineEveryMs;
  #stage = '';
  #line: ProgressLine | null = null;

  constructor(command: string) {
    this.#command = command;
  }

  readonly show = (stage: string, done = 0, total?: number): void => {
    if (process.stderr.isTTY) {
      if (stage !== this.#stage) {
        this.end();
        this.#line = new ProgressLine(stage);
      }
      this.#stage = stage;
      this.#line?.show(done, total ?? null);
      return;
    }
    const now = performance.now();
    if (now - this.#writtenAt < lineEveryMs) return;
    this.#writtenAt = now;
    const progress = total === undefined ? '' : `, ${done} of ${total} rules`;
    const seconds = Math.round((now - this.#startedAt) / 1000);
    process.stderr.write(`${this.#command}: ${stage}${progress} (${seconds} s)\n`);
  };

  end(): void {
    this.#line?.clear();
    this.#line = null;
  }
}
