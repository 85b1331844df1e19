import type { Lab } from '../../lab/lab.ts';

/** How many calls Gatehouse says it is screening; -1 when it does not answer. */
export async function liveCalls(lab: Lab): Promise<number> {
  const reply = await fetch(`${lab.gatehouse.url}/healthz`, { signal: AbortSignal.timeout(5000) }).catch(
    () => null,
  );
  return reply === null ? -1 : ((await reply.json()) as { liveCalls: number }).liveCalls;
}
