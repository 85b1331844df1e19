import { setTimeout as sleep } from 'node:timers/promises';
import type { Console } from './asterisk.ts';

const everyMs = 1_000;

/** Calls that need the dialplan of Gatehouse for their next step: in one of its contexts, and not talking with anybody yet. */
export async function callsInside(console: Console): Promise<number> {
  const channels = (await console.ask('core show channels concise')).split('\n');
  return channels.filter((line) => {
    const [, context = '', , , , , , , , , , , bridge = ''] = line.split('!');
    return context.startsWith('gatehouse-') && bridge === '';
  }).length;
}

/** Waits for them to leave; how many are left after so long, or when `interrupted` is aborted. */
export async function waitUntilOutside(
  console: Console,
  longestMs: number,
  interrupted?: AbortSignal,
): Promise<number> {
  for (let ms = 0; ; ms += everyMs) {
    const inside = await callsInside(console);
    if (inside === 0 || ms >= longestMs || interrupted?.aborted) return inside;
    await sleep(everyMs);
  }
}
