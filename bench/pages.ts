import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { listsView, policyView } from '../src/app/page-views.ts';
import type { CallRecords } from '../src/call/call-records.ts';
import { ListLibrary } from '../src/lists/list-library.ts';
import { silentLog } from '../src/log/log.ts';
import { setSecurityHeaders } from '../src/report/access/security-headers.ts';
import { maskedNumbers } from '../src/report/web/page-numbers.ts';
import { registerPages } from '../src/report/web/register-pages.ts';
import { LivePolicy } from '../src/rules/live-policy.ts';
import { type RecordedMonth, rulesDir, type Times, timesOf } from './recorded-month.ts';

const runs = 40;

/** Time to the first byte of every page of the report, each asked for so many times, one after another. */
export async function timePages(month: RecordedMonth, records: CallRecords): Promise<Record<string, Times>> {
  const { app, close } = await openPages(records);
  try {
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const times: Record<string, Times> = {};
    for (const [name, pathOf] of Object.entries(pages(month)))
      times[name] = await timesOf(runs, (run) => firstByte(port, pathOf(run)));
    return times;
  } finally {
    await close();
  }
}

/** What people open, with what they choose there. */
function pages({ sample }: RecordedMonth): Record<string, (run: number) => string> {
  const call = (run: number) => sample[(run * 7) % sample.length];
  const range = (path: string, since: string, more = '') => `${path}?since=${since}${more}`;
  const ranged = ['/history', '/harm', '/rules', '/calls'].flatMap((path) =>
    ['24h', '7d', '30d'].map((since) => [`${path} ${since}`, () => range(path, since)] as const),
  );
  const written = (run: number) => encodeURIComponent(call(run)?.facts.caller.number ?? '+13175550100');
  return {
    '/': () => '/',
    ...Object.fromEntries(ranged),
    '/calls 30d, one caller': (run) => range('/calls', '30d', `&caller=${written(run)}`),
    '/calls 30d, a rare rule': () => range('/calls', '30d', '&rule=blocked'),
    '/calls 30d, hung up': () => range('/calls', '30d', '&where=abandoned'),
    '/calls 30d, nothing matches': () =>
      range('/calls', '30d', '&where=abandoned&challenge=passed&attestation=C'),
    '/calls/<call id>': (run) => `/calls/${call(run)?.callId}`,
    '/calls/<SIP Call-ID>': (run) => `/calls/${encodeURIComponent(call(run)?.facts.sipCallId ?? '')}`,
    '/calls/<unknown>': (run) => `/calls/nobody-${run}`,
    '/lists, a number': (run) => `/lists?number=${written(run)}`,
  };
}

async function openPages(
  records: CallRecords,
): Promise<{ app: FastifyInstance; close: () => Promise<void> }> {
  const lists = new ListLibrary({ dir: null, serving: false });
  const policy = await LivePolicy.open(rulesDir, { lists });
  const app = Fastify();
  app.addHook('onRequest', async (_, reply) => setSecurityHeaders(reply, { https: false }));
  const since = Date.now();
  const part = { up: true, state: 'ready', since };
  const idle = {
    backlog: 0,
    outbox: { failing: null, inMemory: 0, inSecondPlace: 0, setAside: 0 },
    outages: [],
  };
  registerPages(app, {
    records,
    live: {
      calls: () => [],
      health: () => ({ node: 'bench', ari: part, redis: part, ...idle, startedAt: since }),
    },
    policy: policyView(policy),
    lists: listsView(lists, policy),
    now: Date.now,
    numbers: () => maskedNumbers,
    log: silentLog,
  });
  const close = async () => {
    await app.close();
    policy.close();
    await lists.close();
  };
  return { app, close };
}

/** Resolves when the first byte of the body is there. @throws Error when the page is not one that was expected */
async function firstByte(port: number, path: string): Promise<void> {
  const request = get({ host: '127.0.0.1', port, path });
  const [reply] = await once(request, 'response');
  await once(reply, 'readable');
  if (reply.statusCode !== 200 && !(reply.statusCode === 404 && path.includes('nobody')))
    throw new Error(`${path} was answered ${reply.statusCode}`);
  reply.resume();
  await once(reply, 'end');
}
