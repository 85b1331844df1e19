import type { CallerFlags, CallFlags } from '../../src/call/staff/caller-flags.ts';
import type { Flag } from '../../src/call/vocabulary.ts';
import { flagWords } from '../../src/call/vocabulary.ts';

/** Flags in memory. `away` makes every method reject; `frozen` never answer. */
export class MemoryCallerFlags implements CallerFlags {
  away = false;
  frozen = false;
  until: number | null = null;
  readonly #said = new Set<string>();

  async read(caller: string, callId: string): Promise<CallFlags> {
    await this.#reach();
    const times = (word: Flag) =>
      [...this.#said].filter((one) => one.startsWith(`${caller} ${word} `)).length;
    const counts = flagWords.words
      .map((word) => [word, times(word)] as const)
      .filter(([, count]) => count > 0);
    return {
      ofCall: flagWords.words.filter((word) => this.#said.has(`${caller} ${word} ${callId}`)),
      ofCaller: Object.fromEntries(counts),
      until: this.until,
    };
  }

  async flag(caller: string, word: Flag, callId: string, at: number): Promise<boolean> {
    await this.#reach();
    const isNew = !this.#said.has(`${caller} ${word} ${callId}`);
    this.#said.add(`${caller} ${word} ${callId}`);
    if (isNew) this.until = at + 365 * 86_400_000;
    return isNew;
  }

  async takeBack(caller: string, word: Flag, callId: string): Promise<boolean> {
    await this.#reach();
    return this.#said.delete(`${caller} ${word} ${callId}`);
  }

  async #reach(): Promise<void> {
    if (this.frozen) await new Promise<never>(() => {});
    if (this.away) throw new Error('Redis is away');
  }
}
