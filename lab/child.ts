import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, startTicks } from './process-identity.ts';

export interface ChildOptions {
  /** File that takes stdout and stderr. */
  readonly log: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** One process of a lab. It leads its own process group, so that what it started ends with it. */
export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  #exit: { code: number | null; signal: NodeJS.Signals | null } | null = null;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(name: string, command: string, args: readonly string[], options: ChildOptions) {
    this.name = name;
    const log = openSync(options.log, 'a');
    this.#process = spawn(command, args, {
      stdio: ['ignore', log, log],
      detached: true,
      env: options.env ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    this.ended = new Promise((resolve) => {
      this.#process.once('error', () => resolve(this.#settle(127, null)));
      this.#process.once('exit', (code, signal) => resolve(this.#settle(code, signal)));
    });
  }

  #settle(
    code: number | null,
    signal: NodeJS.Signals | null,
  ): { code: number | null; signal: NodeJS.Signals | null } {
    this.#exit ??= { code, signal };
    return this.#exit;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get running(): boolean {
    return this.#exit === null;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running && this.pid > 0) process.kill(this.pid, signal);
  }

  /** SIGTERM, then SIGKILL after `graceMs`; resolves when it is gone. */
  async stop(graceMs = 5000): Promise<void> {
    if (!this.running || this.pid === 0) return;
    killGroup(this.pid, 'SIGCONT');
    killGroup(this.pid, 'SIGTERM');
    const gone = await Promise.race([this.ended.then(() => true), sleep(graceMs, false, { ref: false })]);
    if (!gone) {
      killGroup(this.pid, 'SIGKILL');
      await this.ended;
    }
  }
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // already gone
  }
}

export interface RecordedProcess {
  readonly name: string;
  readonly pid: number;
  /** From `startTicks`: the pid may have been given to somebody else since. */
  readonly started: string;
}

export function recordProcess(name: string, pid: number): RecordedProcess | null {
  const started = startTicks(pid);
  return started === null ? null : { name, pid, started };
}

/** Ends processes that a dead lab left behind; never one that merely has the same pid. */
export async function endRecorded(processes: readonly RecordedProcess[]): Promise<void> {
  const ours = (): RecordedProcess[] => processes.filter((one) => startTicks(one.pid) === one.started);
  for (const one of ours()) {
    killGroup(one.pid, 'SIGCONT');
    killGroup(one.pid, 'SIGTERM');
  }
  const deadline = Date.now() + 3000;
  while (ours().some((one) => isAlive(one.pid)) && Date.now() < deadline) await sleep(50);
  for (const one of ours()) killGroup(one.pid, 'SIGKILL');
}

/** Programs beside us may have taken most of the processors: what must come is waited for so many times longer. */
const patience = 4;

/**
 * Asks `probe` every `everyMs` until it answers something other than null; rejects long after the `timeoutMs` that it takes on a quiet
 * machine, naming `what`. Within which time something comes is for the caller to compare.
 */
export async function until<T>(
  what: string,
  timeoutMs: number,
  probe: () => Promise<T | null> | T | null,
  everyMs = 50,
): Promise<T> {
  const longMs = timeoutMs * patience;
  const deadline = Date.now() + longMs;
  for (;;) {
    const value = await probe();
    if (value !== null) return value;
    if (Date.now() > deadline) throw new Error(`waited ${longMs / 1000} s for ${what}`);
    await sleep(everyMs);
  }
}
