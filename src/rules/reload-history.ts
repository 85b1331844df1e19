import type { Problem } from '../policy/problem.ts';

/** One look at the rule files, good or refused. */
export interface ReloadRecord {
  /** Epoch ms. */
  readonly at: number;
  /** False: refused, and the policy that was in force stays so. */
  readonly ok: boolean;
  /** Version in force afterwards. */
  readonly version: string;
  /** Version in force before. */
  readonly before: string;
  /** How many problems there were; `problems` has the first of them. */
  readonly problemCount: number;
  readonly problems: readonly Problem[];
}

/** What the health page and the report say of the policy in force. */
export interface PolicyStatus {
  readonly version: string;
  /** Epoch ms at which the policy in force was put in force. */
  readonly loadedAt: number;
  /** Why the files are not what is in force; null when they are. */
  readonly refused: { readonly at: number; readonly problems: readonly Problem[] } | null;
  /** The latest first. */
  readonly reloads: readonly ReloadRecord[];
}

const mostReloads = 20;
/** A wrong column makes a problem of every row; nobody reads more than these. */
const mostProblems = 20;

/** The last reloads, in memory only: the log has them all. */
export class ReloadHistory {
  readonly #records: ReloadRecord[] = [];
  #version: string;
  #loadedAt: number;

  constructor(version: string, at: number) {
    this.#version = version;
    this.#loadedAt = at;
  }

  add(at: number, ok: boolean, version: string, problems: readonly Problem[]): void {
    const shown = problems.slice(0, mostProblems);
    const record = { at, ok, version, before: this.#version, problemCount: problems.length, problems: shown };
    this.#records.unshift(record);
    this.#records.splice(mostReloads);
    if (version === this.#version) return;
    this.#version = version;
    this.#loadedAt = at;
  }

  status(): PolicyStatus {
    const [latest] = this.#records;
    return {
      version: this.#version,
      loadedAt: this.#loadedAt,
      refused: latest === undefined || latest.ok ? null : { at: latest.at, problems: latest.problems },
      reloads: [...this.#records],
    };
  }
}
