import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Notice } from '../notices/notice.ts';
import { writeFileAtomically } from '../process/write-file-atomically.ts';

/** A restart takes seconds: what is still so at the next look is told. */
const lastsMs = 45_000;
const againMs = 3_600_000;

const alarmShape = z.object({
  /** Epoch ms of the first look that found something; null: the last look found nothing. */
  since: z.number().nullable(),
  /** Epoch ms at which people were told last; null: they have not been. */
  toldAt: z.number().nullable(),
});
/** What is remembered from one look to the next. */
export type Alarm = z.output<typeof alarmShape>;

export const noAlarm: Alarm = { since: null, toldAt: null };

/** What a look leads to: the alarm from then on, once the notice is sent; null: nobody is told. */
export function afterLook(
  before: Alarm,
  problems: readonly string[],
  now: number,
): { readonly alarm: Alarm; readonly notice: Notice | null } {
  // A clock that was set back would keep it quiet for long.
  const since = Math.min(before.since ?? now, now);
  const toldAt = before.toldAt === null ? null : Math.min(before.toldAt, now);
  const notice = (phase: Notice['phase'], lines: readonly string[]): Notice => ({
    ...{ kind: 'away', key: `away/${since}`, title: 'Calls are not screened', count: null },
    ...{ phase, since, lines },
  });
  if (problems.length === 0)
    return {
      alarm: noAlarm,
      notice: toldAt === null ? null : notice('over', ['Gatehouse screens calls again.']),
    };
  const isDue = toldAt === null ? now - since >= lastsMs : now - toldAt >= againMs;
  if (!isDue) return { alarm: { since, toldAt }, notice: null };
  const lines = [...problems, 'Look: systemctl status gatehouse; gatehouse doctor'];
  return { alarm: { since, toldAt: now }, notice: notice(toldAt === null ? 'begun' : 'going-on', lines) };
}

/** No alarm when the file is missing or of another form. */
export async function readAlarm(path: string): Promise<Alarm> {
  try {
    return alarmShape.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return noAlarm;
  }
}

/** @throws errors of node:fs */
export function writeAlarm(path: string, alarm: Alarm): Promise<void> {
  return writeFileAtomically(path, JSON.stringify(alarm));
}
