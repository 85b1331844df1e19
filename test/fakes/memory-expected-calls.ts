import type { AboutCallers, Expectation } from '../../src/report/web/callers/about-callers.ts';

/** Expected calls in memory. */
export class MemoryExpectedCalls {
  readonly #calls = new Map<string, Expectation>();

  async ofCaller(caller: string, now: number): Promise<readonly Expectation[]> {
    return [...this.#calls].flatMap(([key, call]) =>
      key.startsWith(`${caller} `) && call.until > now ? [call] : [],
    );
  }

  async add({ caller, ...call }: Expectation & { readonly caller: string }): Promise<void> {
    this.#calls.set(`${caller} ${call.called}`, call);
  }

  async remove(caller: string, called: string | null): Promise<boolean> {
    return this.#calls.delete(`${caller} ${called}`);
  }
}

new MemoryExpectedCalls() satisfies AboutCallers['expected'];
