import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../test/fakes/seeded-random.ts';
import type { Lab } from '../lab.ts';
import { CallerGroup } from './caller-group.ts';
import { type CallerKind, patienceMs, sharesOf, unknownNumbers } from './caller-kinds.ts';
import type { ChaosLab } from './chaos-lab.ts';
import { faults } from './faults.ts';
import type { FaultKind, PlannedFault } from './schedule.ts';

export interface RungFault extends PlannedFault {
  /** Epoch ms. */
  readonly begunAt: number;
  endedAt: number | null;
}

export interface Ringing {
  readonly groups: readonly CallerGroup[];
  readonly faults: readonly RungFault[];
  /** A fault that could not be made, or not mended: the run is worth nothing. */
  readonly broken: readonly string[];
}

/** Rings `calls` callers of every kind, `rate` a second in all, while the planned faults come and go; resolves when all are over. */
export async function ringThroughFaults(
  chaos: ChaosLab,
  { calls, rate, seed, plan }: { calls: number; rate: number; seed: number; plan: readonly PlannedFault[] },
  say: (line: string) => void,
): Promise<Ringing> {
  const lengthMs = (calls / rate) * 1000;
  const startedAt = Date.now();
  const since = (): string => `${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
  const rung: RungFault[] = [];
  const broken: string[] = [];
  const breaking = plan.map(async (planned) => {
    if (chaos.skipped[planned.kind] !== undefined) return;
    await sleep(planned.atMs);
    const one: RungFault = { ...planned, begunAt: Date.now(), endedAt: null };
    rung.push(one);
    say(`${since()}  ▼ ${planned.kind} for ${(planned.forMs / 1000).toFixed(1)} s`);
    await tried(`${planned.kind} could not be made`, () => faults[planned.kind].begin(chaos, planned));
    await sleep(Math.max(0, one.begunAt + planned.forMs - Date.now()));
    await tried(`${planned.kind} could not be mended`, () => faults[planned.kind].end(chaos, planned));
    one.endedAt = Date.now();
    say(`${since()}  ▲ ${planned.kind}`);
  });
  const tried = async (what: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      broken.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      say(`${since()}  ! ${broken.at(-1)}`);
    }
  };
  const groups = await startGroups(chaos.lab, sharesOf(calls), lengthMs, seed);
  await Promise.all(breaking);
  let isOver = false;
  const ringing = Promise.all(groups.map((group) => group.finished())).then(() => {
    isOver = true;
  });
  const giveUpAt = Date.now() + 2 * patienceMs + 60_000;
  while (!isOver && Date.now() < giveUpAt) {
    say(
      `${since()}  ${groups.filter(({ child }) => child.running).length} kinds of callers are still calling`,
    );
    await Promise.race([ringing, sleep(10_000)]);
  }
  for (const { child } of groups) await child.stop(1000);
  return { groups, faults: rung, broken };
}

/** One SIPp a kind, begun at times that the seed gives, so that kinds mix. */
export async function startGroups(
  { sip, dir }: Pick<Lab, 'sip' | 'dir'>,
  shares: ReadonlyMap<CallerKind, number>,
  lengthMs: number,
  seed: number,
): Promise<CallerGroup[]> {
  const random = seeded(seed ^ 0x5eed);
  const unknown = unknownNumbers();
  const starting = [...shares].map(async ([kind, count]) => {
    const numbers = kind.numbers(count, unknown);
    const everyMs = lengthMs / count;
    await sleep(random() * everyMs);
    return CallerGroup.start({ name: kind.id, kind, numbers, everyMs, sip, dir: join(dir, 'callers') });
  });
  return Promise.all(starting);
}

export function faultCounts(rung: readonly RungFault[]): Partial<Record<FaultKind, number>> {
  const counts: Partial<Record<FaultKind, number>> = {};
  for (const { kind } of rung) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
