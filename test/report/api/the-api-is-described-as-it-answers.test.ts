import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApi, operations } from '../../../src/report/api/open-api.ts';
import { RunningGatehouse } from '../access/running-gatehouse.ts';

const gatehouse = new RunningGatehouse();
let token: string;
beforeAll(async () => {
  await gatehouse.start();
  token = (await gatehouse.tokens.create({ name: 'a', role: 'admin', lastsMs: null }, Date.now())).text;
});
afterAll(() => gatehouse.stop());

it('docs/api/openapi.json is what the code says', () => {
  // To write it anew: curl http://127.0.0.1:8090/api/openapi.json > docs/api/openapi.json; npm run format
  expect(JSON.parse(readFileSync('docs/api/openapi.json', 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(openApi())),
  );
});

it('every route for programs is in it, with its role, and nothing else', () => {
  const served = gatehouse.app
    .routes()
    .filter(({ method, url }) => method !== 'HEAD' && /^\/(api\/|metrics$|healthz$|readyz$)/.test(url))
    .map(({ method, url, role }) => `${method.toLowerCase()} ${url} ${role}`);
  expect(operations.map(({ method, path, role }) => `${method} ${path} ${role}`).sort()).toEqual(
    served.sort(),
  );
});

it('every answer has the shape that is told, signed in or not', async () => {
  for (const headers of [{}, { authorization: `Bearer ${token}` }] as Record<string, string>[])
    for (const { method, path, answers } of operations) {
      const answer = await fetch(gatehouse.url + path, { method: method.toUpperCase(), headers });
      const told = answers[answer.status];
      expect(told, `${method} ${path} answered ${answer.status}`).toBeDefined();
      const body = await answer.text();
      if (told?.shape)
        expect(told.shape.safeParse(JSON.parse(body)).error, `${path}: ${body}`).toBeUndefined();
    }
  const wrong = await fetch(`${gatehouse.url}/api/report?since=yesterdya`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(wrong.status).toBe(400);
});
