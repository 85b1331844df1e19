import { readFileSync } from 'node:fs';

/** USER_HZ; 100 on every Linux that Node runs on (proc(5)). */
const ticksPerSecond = 100;

/** Processor time of a process, all its threads and the children it has waited for, ms; 0 when it is gone. */
export function cpuMs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // utime, stime, cutime, cstime: fields 14 to 17 of proc(5).
    const ticks = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15);
    return (ticks.reduce((sum, one) => sum + Number(one), 0) * 1000) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** What all processors of the machine have been busy, ms, whoever used them. */
export function machineBusyMs(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = readFileSync(
    '/proc/stat',
    'utf8',
  )
    .slice(0, 200)
    .split('\n', 1)[0]
    ?.split(/\s+/)
    .map(Number) ?? [0];
  return ((user + nice + system + irq + softIrq + steal) * 1000) / ticksPerSecond;
}
