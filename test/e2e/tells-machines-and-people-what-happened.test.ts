import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { signature } from '../../src/notices/channels/webhook.ts';
import { readLocalToken } from '../../src/report/access/private-file.ts';
import { reportShape } from '../../src/report/api/api-shapes.ts';

const secret = 'a secret of the receiver';
let lab: Lab;
let receiver: Server;
afterEach(async () => {
  await lab?.down();
  receiver.closeAllConnections();
  receiver.close();
});

it('a call that went round and a screened one: the receiver gets a signed notice, /metrics counts both, a stranger gets nothing', async () => {
  const got: { body: string; signed: boolean }[] = [];
  receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const { 'x-gatehouse-timestamp': timestamp, 'x-gatehouse-signature': signed } = request.headers;
      got.push({ body, signed: signed === signature(secret, String(timestamp), body) });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  lab = await Lab.up({
    gatehouse: false,
    env: {
      GATEHOUSE_ACCESS: 'required',
      GATEHOUSE_WEBHOOK_URL: `http://127.0.0.1:${port}/hook`,
      GATEHOUSE_WEBHOOK_SECRET: secret,
    },
  });
  const from = { from: '+12125550170', displayName: 'Early', to: switchboard };
  await (await lab.ring({ ...from, steps: [{ hold: 1000 }] })).finished();
  await lab.gatehouse.start();
  await (await lab.ring({ ...from, steps: [{ hold: 500 }] })).finished();

  const metrics = `${lab.gatehouse.url}/metrics`;
  expect((await fetch(metrics)).status).toBe(401);
  const token = readLocalToken(join(lab.gatehouse.plan.dir, 'gatehouse'));
  const asked = async () => (await fetch(metrics, { headers: { authorization: `Bearer ${token}` } })).text();
  const text = await until('both calls to be counted', 20_000, async () => {
    const now = await asked();
    return now.includes('gatehouse_bypassed_total{reason="app-absent"} 1') &&
      now.includes('where="abandoned"')
      ? now
      : null;
  });
  expect(text).toContain('gatehouse_calls_total{where="bypassed",exit="operators"} 1');
  expect(text).toMatch(/gatehouse_rule_calls_total\{rule="everyone-else",verdict="challenge"\} 1/);
  expect(text).not.toMatch(/12125550170|2125550170|Early/);

  const report = await until('both outcomes in the report', 20_000, async () => {
    const headers = { authorization: `Bearer ${token}` };
    const reply = await fetch(`${lab.gatehouse.url}/api/report?since=1h`, { headers });
    const found = (await reply.json()) as { totals?: { calls: number } };
    return found.totals?.calls === 2 ? found : null;
  });
  expect(reportShape.safeParse(report).error).toBeUndefined();
  expect(report).toMatchObject({ totals: { bypassed: 1, abandoned: 1 } });

  const notice = await until('the notice', 60_000, async () => got[0] ?? null, 500);
  expect(notice.signed).toBe(true);
  expect(JSON.parse(notice.body)).toMatchObject({
    node: 'lab',
    notices: [{ kind: 'bypass', phase: 'begun', count: 1, title: 'Calls bypassed screening' }],
  });
});
