import { join } from 'node:path';
import { CallerGroup } from './caller-group.ts';
import { callerKinds } from './caller-kinds.ts';
import type { ChaosLab } from './chaos-lab.ts';

const calls = 3;

/** After everything was mended: known callers, who must be screened again without anybody's doing. */
export async function ringProbe(chaos: ChaosLab): Promise<CallerGroup> {
  const kind = callerKinds.find(({ id }) => id === 'customer');
  if (kind === undefined) throw new Error('nobody to ring');
  const unknown = (): string => '';
  const { dir, sip } = chaos.lab;
  const plan = { name: 'probe', kind, numbers: kind.numbers(calls, unknown), everyMs: 300 };
  const group = await CallerGroup.start({ ...plan, sip, dir: join(dir, 'callers') });
  await group.finished();
  return group;
}
