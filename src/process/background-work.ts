import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Calls go first: lowers the priority of this thread (Linux) or process, where that is allowed. Never throws. */
export function workInBackground(niceness: number): void {
  try {
    setPriority(niceness);
  } catch {
    // A container or unit may forbid it; the work is only faster then.
  }
}

/** The kernel ends this process before any other when memory runs out. Never throws. */
export function endFirstWhenMemoryRunsOut(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Only Linux has it.
  }
}
