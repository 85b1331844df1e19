import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { Interrupted } from '../../init/interruption.ts';
import { CommandError } from '../command/run.ts';
import type { End } from './changing-run.ts';

/** Asks at the terminal, or of what is piped. A line that came before its question is the reply to it. */
export class Questioner {
  readonly #terminal = createInterface({ input: process.stdin, output: process.stdout });
  readonly #interrupted: AbortSignal;
  readonly #gone = new AbortController();
  /** Lines that no question has waited for yet. */
  readonly #early: string[] = [];

  /** @param end Ctrl-C: a terminal that is asked sends it as a key */
  constructor(interrupted: AbortSignal, end: End) {
    this.#interrupted = interrupted;
    this.#terminal.on('line', (line) => this.#early.push(line));
    this.#terminal.on('SIGINT', () => end(new Interrupted('SIGINT')));
    this.#terminal.once('close', () => this.#gone.abort());
  }

  /** @throws Interrupted; CommandError `no-answer` at the end of the input */
  async ask(question: string, usual: string | null): Promise<string> {
    const prompt = promptText(question, usual);
    const early = this.#early.shift();
    if (early !== undefined) process.stdout.write(`${prompt}${early}\n`);
    const said = early ?? (await this.#reply(prompt)) ?? this.#early.shift();
    this.#interrupted.throwIfAborted();
    if (said === undefined)
      throw new CommandError(
        'no-answer',
        `nobody is there to answer "${question.split('\n')[0]}": use --answers FILE and --yes. Nothing was changed.`,
      );
    return said.trim() || (usual ?? '');
  }

  close(): void {
    this.#terminal.close();
  }

  /** Null: interrupted, or the input has ended; its last line may have come without an end. */
  #reply(prompt: string): Promise<string | null> {
    const signal = AbortSignal.any([this.#gone.signal, this.#interrupted]);
    const reply = this.#terminal.question(prompt, { signal }).catch(() => null);
    // What was typed of it already stands behind the prompt.
    if (this.#terminal.terminal && !signal.aborted) this.#terminal.write(null, { ctrl: true, name: 'e' });
    return reply;
  }
}

/** The question, what explains it below, and the default where the reply is written. */
function promptText(question: string, usual: string | null): string {
  const lines = question.split('\n').map((line, at) => (at === 0 ? styleText('bold', line) : line));
  return `\n${lines.join('\n')}\n${usual === null ? '' : `[${usual}] `}> `;
}
