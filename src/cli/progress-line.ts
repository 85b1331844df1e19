import { styleText } from 'node:util';

const drawEveryMs = 100;

/** One line on a terminal that says how far something is; nothing where stderr is not a terminal. */
export class ProgressLine {
  readonly #noun: string;
  readonly #startedAt = performance.now();
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(noun: string) {
    this.#noun = noun;
  }

  /** @param total null: not known */
  show(done: number, total: number | null): void {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#drawnAt < drawEveryMs) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    process.stderr.write(`\r\u001b[K${styleText('dim', this.#words(done, total, now - this.#startedAt))}`);
  }

  clear(): void {
    if (this.#isDrawn) process.stderr.write('\r\u001b[K');
    this.#isDrawn = false;
  }

  #words(done: number, total: number | null, ms: number): string {
    const seconds = `${(ms / 1000).toFixed(0)} s`;
    if (total === null || total <= 0) return `${this.#noun} ${seconds}`;
    const share = Math.min(1, done / total);
    const width = 30;
    const filled = Math.round(share * width);
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    return `${this.#noun} ${bar} ${(100 * share).toFixed(0)} %  ${seconds}`;
  }
}
