import type { CanaryLine } from '../canary/canary-line.ts';
import type { AsteriskModule } from '../exits/voicemail-modules.ts';
import type { Clock } from '../process/clock.ts';
import { ariAddress } from './ari-address.ts';
import { answerError, parseJson } from './ari-answer.ts';
import { AriHttp } from './ari-http.ts';

/** Entry of the dialplan for calls of our own: an older dialplan, which would ring people, has no such context. */
const entry = 'gatehouse-canary';
/** Beyond the longest stay at the door. */
const ringSeconds = 60;
/** Longer than any prompt. */
const pastTheEndMs = 3_600_000;

export interface AriCanaryLineOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly app: string;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
}

/** Calls of our own through a Local channel: its second half runs the dialplan as a caller's channel does. */
export class AriCanaryLine implements CanaryLine {
  readonly #http: AriHttp;
  readonly #app: string;

  constructor(options: AriCanaryLineOptions) {
    const { requestTimeoutMs: timeoutMs, clock, app } = options;
    this.#app = app;
    this.#http = new AriHttp({ address: ariAddress(options), timeoutMs, clock, connections: 1 });
  }

  async place(channelId: string, number: string): Promise<void> {
    const query = new URLSearchParams({
      endpoint: `Local/${number}@${entry}/n`,
      app: this.#app,
      // Asterisk takes an id for that of a channel whose id begins with it.
      channelId: `app-${channelId}`,
      otherChannelId: channelId,
      timeout: String(ringSeconds),
    });
    await this.#ask('POST', `/channels?${query}`);
  }

  async read(channelId: string, expression: string): Promise<string> {
    const path = `/channels/${channelId}/variable?variable=${encodeURIComponent(expression)}`;
    const answer = await this.#http.request('GET', path);
    const value = (parseJson(answer.body) as { value?: unknown } | null)?.value;
    if (typeof value === 'string') return value;
    // No such variable is 404 too, and 500 a function that has nothing to say: "Unable to read provided function".
    if (/provided (variable|function)/i.test(answer.body)) return '';
    const error = answerError('GET /channels/variable', answer);
    if (error !== null) throw error;
    return '';
  }

  async playEnd(channelId: string, playbackId: string, media: string): Promise<void> {
    const query = new URLSearchParams({ media, offsetms: String(pastTheEndMs) });
    await this.#ask('POST', `/channels/${channelId}/play/${playbackId}?${query}`);
  }

  async hangUp(channelId: string): Promise<void> {
    const answer = await this.#http.request('DELETE', `/channels/${channelId}`);
    if (answer.status !== 404) throwIf(answerError('DELETE /channels', answer));
  }

  async endpoints(): Promise<readonly string[]> {
    const answer = await this.#http.request('GET', '/endpoints/PJSIP');
    const found = parseJson(answer.body);
    return Array.isArray(found) ? found.map(({ resource }: { resource: string }) => resource) : [];
  }

  async modules(): Promise<readonly AsteriskModule[]> {
    const found = parseJson((await this.#http.request('GET', '/asterisk/modules')).body);
    return Array.isArray(found) ? found : [];
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #ask(method: string, path: string): Promise<void> {
    const answer = await this.#http.request(method, path);
    throwIf(answerError(`${method} ${path.replace(/\?.*/s, '')}`, answer));
  }
}

function throwIf(error: Error | null): void {
  if (error !== null) throw error;
}
