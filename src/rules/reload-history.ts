import type { PolicyStatus, ReloadRecord } from '../policy/policy-status.ts';
import type { Problem } from '../policy/problem.ts';

const maxReloads = 20;
/** A wrong column makes a problem of every row. */
const maxProblems = 20;

/** The last reloads, in memory; the log has all. */
export class ReloadHistory {
  readonly #records: ReloadRecord[] = [];
  #version: string;
  #loadedAt: number;
  #standIn: PolicyStatus['standIn'] = null;
  #kept: PolicyStatus['kept'] = null;

  constructor(version: string, at: number) {
    this.#version = version;
    this.#loadedAt = at;
  }

  add(at: number, ok: boolean, version: string, problems: readonly Problem[]): void {
    const shown = problems.slice(0, maxProblems);
    const record = { at, ok, version, before: this.#version, problemCount: problems.length, problems: shown };
    this.#records.unshift(record);
    this.#records.splice(maxReloads);
    if (version === this.#version) return;
    this.#version = version;
    this.#loadedAt = at;
  }

  standsIn(standIn: PolicyStatus['standIn']): void {
    this.#standIn = standIn;
  }

  kept(record: NonNullable<PolicyStatus['kept']>): void {
    this.#kept = record;
  }

  status(): PolicyStatus {
    const [latest] = this.#records;
    return {
      version: this.#version,
      loadedAt: this.#loadedAt,
      refused: latest === undefined || latest.ok ? null : { at: latest.at, problems: latest.problems },
      standIn: this.#standIn,
      kept: this.#kept,
      reloads: [...this.#records],
    };
  }
}
