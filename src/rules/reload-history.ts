import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '../log/log.ts';
import type { PolicyStatus, ReloadRecord } from '../policy/policy-status.ts';
import type { Problem } from '../policy/problem.ts';
import { maskNumbersIn } from '../privacy/mask-number.ts';

const maxReloads = 20;
/** A wrong column makes a problem of every row. */
const maxProblems = 20;

/** What outlives a restart. */
interface Kept {
  readonly version: string;
  readonly loadedAt: number;
  readonly records: readonly ReloadRecord[];
}

export interface ReloadHistoryOptions {
  /** File in which reloads outlive a restart; null: in memory only. */
  readonly path: string | null;
  readonly log: Pick<Log, 'warn'>;
}

/** The last reloads; the log has all. No method throws: when the disk takes nothing they are in memory. */
export class ReloadHistory {
  readonly #options: ReloadHistoryOptions;
  readonly #records: ReloadRecord[] = [];
  #version: string;
  #loadedAt: number;
  #refused: PolicyStatus['refused'] = null;
  #standIn: PolicyStatus['standIn'] = null;
  #kept: PolicyStatus['kept'] = null;

  /** @param version in force from now on; when it is not that of before the restart, the rules were changed meanwhile */
  constructor(version: string, at: number, options: ReloadHistoryOptions) {
    this.#options = options;
    const before = this.#read();
    this.#records.push(...(before?.records ?? []));
    this.#version = before?.version ?? version;
    this.#loadedAt = before?.loadedAt ?? at;
    if (before !== null && version !== before.version) this.add(at, true, version, []);
    else this.#write();
  }

  add(at: number, ok: boolean, version: string, problems: readonly Problem[]): void {
    const shown = problems.slice(0, maxProblems);
    const record = { at, ok, version, before: this.#version, problemCount: problems.length, problems: shown };
    this.#records.unshift(record);
    this.#records.splice(maxReloads);
    this.#refused = ok ? null : { at, problems: shown };
    if (version !== this.#version) {
      this.#version = version;
      this.#loadedAt = at;
    }
    this.#write();
  }

  standsIn(standIn: PolicyStatus['standIn']): void {
    this.#standIn = standIn;
  }

  kept(record: NonNullable<PolicyStatus['kept']>): void {
    this.#kept = record;
  }

  status(): PolicyStatus {
    return {
      version: this.#version,
      loadedAt: this.#loadedAt,
      refused: this.#refused,
      standIn: this.#standIn,
      kept: this.#kept,
      reloads: [...this.#records],
    };
  }

  #read(): Kept | null {
    const { path } = this.#options;
    if (path === null) return null;
    try {
      const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
      return isKept(read) ? { ...read, records: read.records.filter(isRecord).slice(0, maxReloads) } : null;
    } catch {
      return null;
    }
  }

  #write(): void {
    const { path, log } = this.#options;
    if (path === null) return;
    const records = this.#records.map((record) => ({ ...record, problems: record.problems.map(masked) }));
    const kept: Kept = { version: this.#version, loadedAt: this.#loadedAt, records };
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.new`, JSON.stringify(kept), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch (error) {
      log.warn('The history of reloads cannot be written down', { error: String(error) });
    }
  }
}

/** What is wrong with a row may quote the number of a person, who may be erased later. */
function masked(problem: Problem): Problem {
  return {
    ...problem,
    message: maskNumbersIn(problem.message),
    remedy: maskNumbersIn(problem.remedy),
  };
}

function isKept(value: unknown): value is Kept {
  const { version, loadedAt, records } = (value ?? {}) as Record<string, unknown>;
  return typeof version === 'string' && Number.isFinite(loadedAt) && Array.isArray(records);
}

function isRecord(value: unknown): value is ReloadRecord {
  const { at, ok, version, before, problemCount, problems } = (value ?? {}) as Record<string, unknown>;
  return (
    [at, problemCount].every(Number.isFinite) &&
    [version, before].every((text) => typeof text === 'string') &&
    typeof ok === 'boolean' &&
    Array.isArray(problems)
  );
}
