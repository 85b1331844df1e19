import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { entryContext } from '../call/trunk.ts';
import type { Log } from '../log/log.ts';
import { writeFileAtomically } from '../process/write-file-atomically.ts';
import type { CanaryFault } from './canary-fault.ts';

const dayMs = 86_400_000;
/** After so long it is meant. */
const forgottenAfterMs = 7 * dayMs;
/** New trunks; those that are known are looked at each time. */
const searchEveryMs = 600_000;
const mostTrunks = 100;
const seenShape = z.record(z.string(), z.number());

export interface TrunkWatchOptions {
  /** Where the trunks are kept over a restart. */
  readonly file: string;
  readonly endpoints: () => Promise<readonly string[]>;
  readonly now: () => number;
  readonly log: Log;
}

export function keptTrunksFile(data: string): string {
  return join(data, 'screened-trunks.json');
}

/** Name → epoch ms at which it was last seen to lead here. Empty when nothing can be read. */
export async function keptTrunks(file: string): Promise<Map<string, number>> {
  try {
    return new Map(Object.entries(seenShape.parse(JSON.parse(await readFile(file, 'utf8')))));
  } catch {
    return new Map();
  }
}

/** The PJSIP endpoints whose calls were screened: one that leads elsewhere now is a fault, for a week. */
export class TrunkWatch {
  readonly #options: TrunkWatchOptions;
  /** Name → epoch ms at which it was last seen to lead here; null: not read yet. */
  #seen: Map<string, number> | null = null;
  #searchedAt = 0;

  constructor(options: TrunkWatchOptions) {
    this.#options = options;
  }

  /** @param read what the dialplan would read in `${…}` */
  async faults(read: (expression: string) => Promise<string>): Promise<readonly CanaryFault[]> {
    const { endpoints, now } = this.#options;
    this.#seen ??= await keptTrunks(this.#options.file);
    const seen = this.#seen;
    const at = now();
    const searches = Math.abs(at - this.#searchedAt) >= searchEveryMs;
    const names = new Set([...seen.keys(), ...(searches ? await endpoints() : [])]);
    if (searches) this.#searchedAt = at;
    const before = [...seen.keys()].join();
    const faults: CanaryFault[] = [];
    for (const name of names) {
      const context = await read(`PJSIP_ENDPOINT(${name},context)`);
      const last = seen.get(name);
      if (context === entryContext && (last !== undefined || seen.size < mostTrunks)) seen.set(name, at);
      if (context === entryContext || last === undefined) continue;
      // Removed from pjsip.conf: that is no slip.
      if (context === '' || at - last > forgottenAfterMs) seen.delete(name);
      else faults.push(fault(name, context));
    }
    if (searches || before !== [...seen.keys()].join()) await this.#keep(seen);
    return faults;
  }

  async #keep(seen: ReadonlyMap<string, number>): Promise<void> {
    const text = JSON.stringify(Object.fromEntries(seen));
    await writeFileAtomically(this.#options.file, text).catch((error: unknown) =>
      this.#options.log.warn('The trunks that are screened could not be kept for the next start', { error }),
    );
  }
}

const fault = (name: string, context: string): CanaryFault => ({
  where: `trunk ${name}`,
  message: `calls of trunk ${name} are not screened any more: its context is ${context}`,
  remedy: `context = ${entryContext} in endpoint ${name} of pjsip.conf; asterisk -rx 'module reload res_pjsip.so'. If that is meant, this ends after a week`,
});
