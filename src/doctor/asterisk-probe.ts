import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { ariAddress } from '../ari/ari-address.ts';
import { parseJson } from '../ari/ari-answer.ts';
import { AriHttp } from '../ari/ari-http.ts';
import { preflight } from '../ari/preflight.ts';
import type { Settings } from '../config/settings.ts';
import { type AsteriskQuestions, questionsOf } from '../exits/asterisk-questions.ts';
import type { AsteriskModule } from '../exits/voicemail-modules.ts';
import { systemClock } from '../process/clock.ts';

const requestMs = 3_000;
const openMs = 3_000;
const closeMs = 1_000;

/** Questions to a running Asterisk. Nothing of it changes, and no phone rings. */
export interface AsteriskProbe extends AsteriskQuestions {
  readonly version: string;
  /** Where its configuration files are. */
  readonly etc: string;
  /** Extension `extension` leads somewhere in this context. */
  leads(context: string, extension: string): Promise<boolean>;
  /** Modules, and whether each runs. */
  modules(): Promise<readonly AsteriskModule[]>;
  /** Names of the PJSIP endpoints. */
  endpoints(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Opens an app of its own and a channel that is never dialed, whose functions it can ask (measured on Asterisk 22: a channel
 * made by POST /channels/create runs no dialplan until it is dialed).
 * @throws AriPreflightError, CallControlError as the preflight of the service
 */
export async function probeAsterisk({ ari }: Pick<Settings, 'ari'>): Promise<AsteriskProbe> {
  const app = `gatehouse-doctor-${randomBytes(4).toString('hex')}`;
  const address = ariAddress({ url: ari.url, username: ari.user, password: ari.password, app });
  const http = new AriHttp({ address, timeoutMs: requestMs, clock: systemClock, connections: 2 });
  let socket: WebSocket | null = null;
  const channel = `/channels/${app}`;
  const close = async (): Promise<void> => {
    await http.request('DELETE', channel).catch(() => null);
    await closed(socket);
    await http.close();
  };
  const json = async (path: string): Promise<unknown> => parseJson((await http.request('GET', path)).body);
  const read = async (expression: string): Promise<string> => {
    const answer = (await json(`${channel}/variable?variable=${encodeURIComponent(expression)}`)) as {
      value?: unknown;
    } | null;
    return typeof answer?.value === 'string' ? answer.value : '';
  };
  try {
    const version = await preflight(http);
    socket = await opened(address.socketUrl, address.authorization);
    const made = await http.request(
      'POST',
      `/channels/create?endpoint=Local/s@gatehouse-doctor&app=${app}&channelId=${app}`,
    );
    if (made.status >= 300) throw new Error(`Asterisk made no channel to ask (${made.status})`);
    // The channel enters the app a moment later.
    await sleep(50);
    const { config } = questionsOf(read);
    return {
      ...{ version, read, config },
      etc: (await config('asterisk.conf', 'directories', 'astetcdir')) || '/etc/asterisk',
      leads: async (context, extension) => (await read(`DIALPLAN_EXISTS(${context},${extension},1)`)) === '1',
      modules: async () => ((await json('/asterisk/modules')) as AsteriskModule[] | null) ?? [],
      endpoints: async () => {
        const all = (await json('/endpoints/PJSIP')) as { resource: string }[] | null;
        return Array.isArray(all) ? all.map(({ resource }) => resource) : [];
      },
      close,
    };
  } catch (problem) {
    await close();
    throw problem;
  }
}

function opened(url: string, authorization: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers: { authorization }, handshakeTimeout: openMs });
    socket.once('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

/** Terminated at once, it would be an error in Asterisk's log. */
function closed(socket: WebSocket | null): Promise<void> {
  if (socket === null || socket.readyState !== WebSocket.OPEN) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => socket.terminate(), closeMs);
    socket.once('close', () => {
      clearTimeout(late);
      resolve();
    });
    socket.close(1000);
  });
}
