import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../../lab/free-ports.ts';
import type { Problem } from '../../../src/policy/problem.ts';
import { localAccess } from '../../../src/report/access/access-options.ts';
import { AuditLog } from '../../../src/report/access/audit-log.ts';
import { Tokens } from '../../../src/report/access/tokens.ts';
import { HttpServer } from '../../../src/report/http-server.ts';
import { MemoryCallRecords } from '../../fakes/memory-call-records.ts';
import { RecordingLog } from '../../fakes/recording-log.ts';
import { calmHealth } from '../api/calm-sources.ts';

const problem: Problem = {
  ...({ severity: 'error', file: 'policy.yaml', line: 3, column: 5, code: 'not-a-number' } as const),
  message: '"+1317555012x" beside "+13175550123" is no number',
  remedy: 'write +13175550123',
};
const reload = { at: 2, ok: false, version: 'v1', before: 'v1', problemCount: 1, problems: [problem] };
const refused = { at: 2, problems: [problem] };
const policy = { ...calmHealth.policy, version: 'v1', refused, reloads: [reload] };

let dir: string;
let server: HttpServer;
let url: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-problems-'));
  const log = new RecordingLog();
  const port = await freePort();
  server = new HttpServer({
    ...{ host: '127.0.0.1', port, log, access: localAccess(dir, log), records: new MemoryCallRecords() },
    health: () => ({ ...calmHealth, policy }),
    reload: async () => ({ ok: true, changed: false, version: 'v1', problems: [] }),
  });
  await server.listen();
  url = `http://127.0.0.1:${port}`;
});
afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

it('not by /healthz, /readyz and /api/report', async () => {
  for (const path of ['/healthz', '/readyz', '/api/report']) {
    const answer = await (await fetch(url + path)).text();
    expect(answer, path).toContain('is no number');
    expect(answer, path).not.toMatch(/5550123|555012x/);
  }
});

it('an analyst is told them, and the look is written down', async () => {
  const token = await new Tokens(dir).create({ name: 'ann', role: 'analyst', lastsMs: null }, Date.now());
  const answer = await fetch(`${url}/api/report`, { headers: { authorization: `Bearer ${token.text}` } });
  expect(await answer.text()).toContain('+13175550123');
  const [look] = await new AuditLog(dir).read(1);
  expect(look).toMatchObject({ event: 'look', who: 'ann', route: 'GET /api/report' });
  expect(look?.numbers).toContainEqual(expect.stringMatching(/^[0-9a-f]{16}$/));
});
