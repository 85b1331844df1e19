import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../lab/free-ports.ts';
import { gatehouseEntry, LabGatehouse } from '../lab/gatehouse.ts';
import { type RecordedMonth, rulesDir, type Times, timesOf } from './recorded-month.ts';

const runs = 40;
const askedEveryMs = 5;

type Headers = Readonly<Record<string, string>>;

/** All in ms. `stall`: the longest that the process, on whose event loop calls are screened, took to say that it lives meanwhile. */
export type PageTimes = Record<string, Times>;

/**
 * Time to the first byte of every page of `gatehouse serve` itself, each asked for so many times, one after another.
 * @param data its data directory, in which the records are already
 */
export async function timeServedPages(month: RecordedMonth, data: string): Promise<PageTimes> {
  const served = new LabGatehouse({
    dir: data,
    rules: rulesDir,
    // Nothing is screened here.
    ariUrl: `http://127.0.0.1:${await freePort()}`,
    ariPassword: 'none',
    redisUrl: month.url,
    httpPort: await freePort(),
    env: { GATEHOUSE_DATA: data, GATEHOUSE_REQUESTS_PER_MINUTE: '100000' },
    entry: gatehouseEntry,
  });
  await mkdir(join(data, 'log'), { recursive: true });
  await served.launch();
  try {
    const token = await promisify(execFile)(
      process.execPath,
      [gatehouseEntry, 'token', 'new', '--role', 'admin', '--name', 'bench'],
      { env: served.environment },
    );
    const headers = { authorization: `Bearer ${token.stdout.trim()}` };
    while (!(await isThere(served.url, headers))) await sleep(500);
    const times: PageTimes = {};
    for (const [name, pathOf] of Object.entries(await pages(month, served.url, headers))) {
      const alive = new Liveness(served.url);
      const page = await timesOf(runs, (run) => firstByte(`${served.url}${pathOf(run)}`, headers)).finally(
        () => alive.end(),
      );
      times[name] = { ...page, stall: alive.longestMs };
      process.stderr.write(`${name}: ${page.p95} ms\n`);
    }
    return times;
  } finally {
    await served.stop();
  }
}

/** What people open, with what they choose there. A page of one thing is that which the page of all names first. */
async function pages(
  { sample }: RecordedMonth,
  url: string,
  headers: Headers,
): Promise<Record<string, (run: number) => string>> {
  const call = (run: number) => sample[(run * 7) % sample.length];
  const written = (run: number) => encodeURIComponent(call(run)?.facts.caller.number ?? '+13175550100');
  const ranges = (path: string) =>
    ['24h', '7d', '30d'].map((since) => [`${path} ${since}`, () => `${path}?since=${since}`] as const);
  const oneOf = async (path: string, pattern: RegExp) => {
    const found = pattern.exec(await (await fetch(`${url}${path}`, { headers })).text())?.[1];
    return found === undefined
      ? []
      : [[`${found.split('/')[1]}, one`, () => found.replaceAll('&amp;', '&')] as const];
  };
  const same = (path: string) => [path, () => path] as const;
  return {
    ...Object.fromEntries([
      ...['/', '/month', '/campaigns', '/levels', '/lists', '/rules/changes', '/rules/try', '/log'].map(same),
      ...['/login', '/metrics', '/api/openapi.json'].map(same),
      ...['/history', '/harm', '/rules', '/calls', '/callers'].flatMap(ranges),
      ...(await oneOf('/callers?since=7d', /href="(\/exchanges\/[^"]+)"/)),
      ...(await oneOf('/callers?since=7d', /href="(\/signers\/[^"]+)"/)),
      ...(await oneOf('/lists', /href="(\/lists\/[^"?]+)"/)),
      ...(await oneOf('/rules/changes', /href="(\/rules\/changes\/[^"?]+)"/)),
    ]),
    '/callers/of/<call id>': (run) => `/callers/of/${call(run)?.callId}`,
    '/calls 30d, one caller': (run) => `/calls?since=30d&caller=${written(run)}`,
    '/calls 30d, a rare rule': () => '/calls?since=30d&rule=blocked',
    '/calls 30d, hung up': () => '/calls?since=30d&where=abandoned',
    '/calls 30d, nothing matches': () => '/calls?since=30d&where=abandoned&challenge=passed&attestation=C',
    '/calls/<call id>': (run) => `/calls/${call(run)?.callId}`,
    '/calls/<SIP Call-ID>': (run) => `/calls/${encodeURIComponent(call(run)?.facts.sipCallId ?? '')}`,
    '/calls/explain': (run) => `/calls/explain?id=${encodeURIComponent(call(run)?.callId ?? '')}`,
    '/calls/<unknown>': (run) => `/calls/nobody-${run}`,
    '/search, a number': (run) => `/search?q=${written(run)}`,
    '/search, a SIP Call-ID': (run) => `/search?q=${encodeURIComponent(call(run)?.facts.sipCallId ?? '')}`,
    '/search, a word': () => '/search?q=cardiology',
    '/lists, a number': (run) => `/lists?number=${written(run)}`,
  };
}

async function isThere(url: string, headers: Headers): Promise<boolean> {
  return fetch(`${url}/calls?since=24h`, { headers, signal: AbortSignal.timeout(10_000) }).then(
    (reply) => reply.ok,
    () => false,
  );
}

/** Resolves when the first byte of the body is there. @throws Error when the page is not one that was expected */
async function firstByte(url: string, headers: Headers): Promise<void> {
  const request = get(url, { headers, agent: false });
  const [reply] = await once(request, 'response');
  // A redirect has no body.
  if (reply.headers['content-length'] !== '0') await once(reply, 'readable');
  const isExpected =
    reply.statusCode === 200 ||
    reply.statusCode === 302 ||
    reply.statusCode === 303 ||
    (reply.statusCode === 404 && url.includes('nobody'));
  if (!isExpected) throw new Error(`${url} was answered ${reply.statusCode}`);
  reply.resume();
  await once(reply, 'end');
}

/** Asks a process again and again whether it lives. */
class Liveness {
  longestMs = 0;
  #asked = true;
  readonly #ended: Promise<void>;

  constructor(url: string) {
    this.#ended = this.#ask(`${url}/healthz`);
  }

  async end(): Promise<void> {
    this.#asked = false;
    await this.#ended;
  }

  async #ask(url: string): Promise<void> {
    while (this.#asked) {
      const start = performance.now();
      await (await fetch(url, { headers: { connection: 'close' } })).text();
      this.longestMs = Math.max(this.longestMs, Math.round(performance.now() - start));
      await sleep(askedEveryMs);
    }
  }
}
