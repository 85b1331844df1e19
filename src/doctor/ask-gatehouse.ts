import type { Settings } from '../config/settings.ts';
import { fromHere } from '../process/loopback.ts';
import { localTokenIfOurs } from '../report/access/private-file.ts';

const waitMs = 5_000;

type Asked = Pick<Settings, 'http' | 'data'>;

interface AskOptions {
  readonly method?: 'GET' | 'POST';
  readonly forMs?: number;
}

/** Where the running Gatehouse answers, `127.0.0.1:8090`. */
export function addressOf({ http: { host, port } }: Pick<Settings, 'http'>): string {
  return fromHere(`${host.includes(':') ? `[${host}]` : host}:${port}`);
}

/** What the running Gatehouse answers, of any status. Rejects when there is no answer. */
export async function textOfGatehouse(
  settings: Asked,
  path: string,
  { method = 'GET', forMs = waitMs }: AskOptions = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const token = localTokenIfOurs(settings.data);
  const reply = await fetch(`http://${addressOf(settings)}${path}`, {
    method,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(forMs),
  });
  return { status: reply.status, text: await reply.text() };
}

/** The same as JSON; a text: why there is no answer. Never rejects. */
export async function askGatehouse(
  settings: Asked,
  path = '/healthz',
  options: AskOptions = {},
): Promise<object | string> {
  try {
    const body: unknown = JSON.parse((await textOfGatehouse(settings, path, options)).text);
    return typeof body === 'object' && body !== null ? body : 'not Gatehouse';
  } catch (problem) {
    const cause = (problem as { cause?: { code?: string } }).cause?.code;
    return cause ?? (problem instanceof Error ? problem.message : String(problem));
  }
}
