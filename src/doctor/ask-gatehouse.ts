import type { Settings } from '../config/settings.ts';
import { fromHere } from '../process/loopback.ts';
import { localTokenIfOurs } from '../report/access/private-file.ts';

const waitMs = 5_000;

/** Where the running Gatehouse answers, `127.0.0.1:8090`. */
export function addressOf({ http: { host, port } }: Pick<Settings, 'http'>): string {
  return fromHere(`${host.includes(':') ? `[${host}]` : host}:${port}`);
}

/** What the running Gatehouse says at `/healthz`; a text: why there is no answer. Never rejects. */
export async function askGatehouse(settings: Pick<Settings, 'http' | 'data'>): Promise<object | string> {
  const token = localTokenIfOurs(settings.data);
  try {
    const reply = await fetch(`http://${addressOf(settings)}/healthz`, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(waitMs),
    });
    const body: unknown = await reply.json();
    return typeof body === 'object' && body !== null ? body : 'not Gatehouse';
  } catch (problem) {
    const cause = (problem as { cause?: { code?: string } }).cause?.code;
    return cause ?? (problem instanceof Error ? problem.message : String(problem));
  }
}
