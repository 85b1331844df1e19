import { reached } from './call-story.ts';
import type { Judgment } from './compare.ts';
import type { RungFault } from './ring-all.ts';

/** Everything that is known of one call, in order of time, for whoever looks for the cause. */
export function callText(judgment: Judgment, faults: readonly RungFault[], log: string): string {
  const { story, records, findings } = judgment;
  const events: [number, string][] = [];
  const add = (at: number | null, what: string): void => void (at !== null && events.push([at, what]));
  add(story.invitedAt, 'caller   INVITE');
  add(story.firstReplyAt, 'caller   first reply');
  add(story.ringingAt, 'caller   ringing');
  add(story.answeredAt, 'caller   200');
  for (const at of story.presses) add(at, 'caller   presses a key');
  add(story.endedAt, `caller   ended: ${story.hangUp}`);
  for (const { at, exit, callerName, uniqueId } of story.arrivals)
    add(at, `dialplan ${exit}, shown "${callerName}" (${uniqueId})`);
  add(story.operator?.rangAt ?? null, 'phone    rings');
  add(story.operator?.answeredAt ?? null, 'phone    answered');
  add(story.operator?.endedAt ?? null, 'phone    call over');
  const end = story.endedAt ?? story.invitedAt + 60_000;
  for (const { kind, begunAt, endedAt } of faults) {
    if (begunAt > end || (endedAt ?? end) < story.invitedAt - 10_000) continue;
    add(begunAt, `fault    ▼ ${kind}`);
    add(endedAt, `fault    ▲ ${kind}`);
  }
  const ids = new Set([
    ...story.arrivals.map(({ uniqueId }) => uniqueId),
    ...records.map(({ outcome }) => outcome.callId.split('/').at(-1) ?? ''),
  ]);
  for (const line of log.split('\n')) {
    if (![...ids].some((id) => id !== '' && line.includes(`${id}"`)) && !line.includes(`"${story.callId}"`))
      continue;
    const at = /"time(?:stamp)?":"([^"]+)"/.exec(line)?.[1];
    const short = line.length > 300 ? `${line.slice(0, 300)}…` : line;
    add(at === undefined ? end : Date.parse(at), `log      ${short}`);
  }
  const lines = events
    .sort(([a], [b]) => a - b)
    .map(([at, what]) => `    ${((at - story.invitedAt) / 1000).toFixed(2).padStart(8)}  ${what}`);
  const goal = reached(story);
  const why =
    findings.map(({ fault, why: reason }) => `${fault}: ${reason}`).join('; ') ||
    'waited too long, pressed in vain, or its record does not know';
  return [
    `${story.callId}  ${story.number}  ${new Date(story.invitedAt).toISOString()}  → ${goal?.end ?? 'nowhere'}, waited ${judgment.waitMs ?? '–'} ms`,
    `  ${why}`,
    ...records.map(({ outcome, afterExit, realExit }) => {
      const { callId, exit, bypass, adopted, challenge, timings, decision } = outcome;
      const rule = decision?.rule ?? null;
      return `  record ${JSON.stringify({ callId, rule, exit, bypass, adopted, challenge, timings, afterExit, realExit })}`;
    }),
    ...lines,
  ].join('\n');
}
