import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { DeclaredList } from '../../src/policy/compile/declared-lists.ts';
import type { Clock } from '../../src/process/clock.ts';

/** Thursday 12 March 2026, noon UTC. */
export const noon = Date.UTC(2026, 2, 12, 12);

const made: string[] = [];
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A directory that goes when the test ends. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-lists-'));
  made.push(dir);
  return dir;
}

export function fileList(
  id: string,
  path: string,
  changes: Partial<DeclaredList['reading']> = {},
): DeclaredList {
  const reading = { format: 'csv' as const, columns: {}, minComplaints: 3, ...changes };
  return { id, source: { kind: 'file', path }, reading, blocks: true };
}

export function feedList(
  id: string,
  url: string,
  changes: Partial<DeclaredList['reading']> = {},
): DeclaredList {
  const reading = { format: 'csv' as const, columns: {}, minComplaints: 3, ...changes };
  const caps = { prefixesCover: null, growth: 3, turnedAwayPercent: 2 };
  return { id, source: { kind: 'feed', url, everyMs: 3_600_000, caps }, reading, blocks: true };
}

/** A clock that stands still until it is turned. */
export class TurnedClock implements Clock {
  #now = noon;
  #waits: { at: number; call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const wait = { at: this.#now + ms, call };
    this.#waits.push(wait);
    return () => {
      this.#waits = this.#waits.filter((one) => one !== wait);
    };
  }

  /** Ms until each wait ends, the next first. */
  get waits(): number[] {
    return this.#waits.map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  turn(ms: number): void {
    this.#now += ms;
    const due = this.#waits.filter(({ at }) => at <= this.#now);
    this.#waits = this.#waits.filter(({ at }) => at > this.#now);
    for (const { call } of due) call();
  }
}
