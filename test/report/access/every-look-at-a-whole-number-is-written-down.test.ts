import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditCommand } from '../../../src/cli/audit.ts';
import { AuditLog } from '../../../src/report/access/audit-log.ts';
import { runCommand } from './run-command.ts';
import { caller, ShutServer } from './shut-server.ts';

let server: ShutServer;
let analyst: Record<string, string>;
beforeEach(async () => {
  server = await new ShutServer({ mode: 'required' }).listen();
  analyst = { authorization: `Bearer ${await server.token('analyst', 'ann')}` };
});
afterEach(() => server.close());

it('who, when, what and from where, before the answer is there; the number itself only under another name', async () => {
  const seen = await (await server.ask('/seen', analyst)).json();
  expect(seen).toMatchObject({ caller, name: 'call 317 555 0123' });
  const [look] = await server.audit.read(1);
  expect(look).toMatchObject({
    event: 'look',
    who: 'ann',
    role: 'analyst',
    address: '127.0.0.1',
    route: 'GET /seen',
    calls: ['n1/1'],
    count: 1,
  });
  expect(look?.numbers).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
  expect(readFileSync(join(server.dir, 'audit.jsonl'), 'utf8')).not.toContain('5550123');
});

it('masked numbers are no look', async () => {
  await server.ask('/seen', { authorization: `Bearer ${await server.token('viewer')}` });
  expect(await server.audit.read(10)).toEqual([]);
});

it('what cannot be written down is not shown', async () => {
  mkdirSync(join(server.dir, 'audit.jsonl'));
  const answer = await server.ask('/seen', analyst);
  expect(answer.status).toBe(503);
  expect(await answer.text()).toBe(
    '{"error":"the audit log cannot be written, so full numbers are not shown"}',
  );
  expect(server.log.messages('error')).toContain(
    'The audit log cannot be written; full numbers are not shown',
  );
});

it('a refusal and a change are written down too', async () => {
  await server.ask('/change', { method: 'POST', ...analyst });
  const admin = { authorization: `Bearer ${await server.token('admin', 'root')}` };
  await server.ask('/change', { method: 'POST', ...admin });
  const found = await server.audit.read(10);
  expect(found.map(({ event, who, route }) => [event, who, route])).toEqual([
    ['change', 'root', 'POST /change'],
    ['refused', 'ann', 'POST /change'],
  ]);
});

it('gatehouse audit tells who looked at one number', async () => {
  await server.ask('/seen', analyst);
  const asked = async (...args: string[]) => (await runCommand(auditCommand(), args, server.dir)).stdout;
  expect(await asked('--number', caller)).toMatch(
    / look +ann \(analyst\) {2}127\.0\.0\.1 {2}GET \/seen {2}1 number {2}calls n1\/1\n$/,
  );
  expect(await asked('--number', '+13175550199')).toBe('');
  expect(JSON.parse(await asked('--json', '--who', 'ann'))).toMatchObject({ event: 'look', calls: ['n1/1'] });
});

it('no name forges a column of gatehouse audit, nor acts at a terminal', async () => {
  const who = 'eve (admin)  127.0.0.1  GET /seen\u009b2J\u202e\n2026-01-01 look  ann';
  await server.audit.add({ event: 'look', who, role: 'viewer', address: '::1', route: 'GET /x' });
  const { stdout } = await runCommand(auditCommand(), [], server.dir);
  expect(stdout.trimEnd().split(/ {2,}/)).toHaveLength(5);
  const json = (await runCommand(auditCommand(), ['--json'], server.dir)).stdout;
  expect(JSON.parse(json)).toMatchObject({ who });
  for (const printed of [stdout, json]) expect(printed.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

it('the log is bounded: old files go, no line is lost before, and only its owner reads it', async () => {
  const audit = new AuditLog(server.dir, { fileBytes: 1000 });
  const entry = { event: 'look', who: 'ann', role: 'analyst', address: null, route: 'GET /calls' } as const;
  await Promise.all(Array.from({ length: 40 }, (_, n) => audit.add({ ...entry, detail: String(n) })));
  const found = await audit.read(1000);
  expect(found.map(({ detail }) => Number(detail))).toEqual(Array.from({ length: 40 }, (_, n) => 39 - n));
  expect(statSync(join(server.dir, 'audit.1.jsonl')).mode & 0o777).toBe(0o600);
  for (let n = 0; n < 100; n++) await audit.add(entry);
  const most = (await audit.read(1000)).length;
  expect(most).toBeLessThan(100);
  expect(most).toBeGreaterThan(50);
  rmSync(join(server.dir, 'audit.8.jsonl'));
});

it('nobody who is watched can write the log empty: one person has a part of it a day, the others go on', async () => {
  await server.close();
  server = await new ShutServer({
    mode: 'required',
    audit: { personBytes: 2_000, fileBytes: 4_000 },
  }).listen();
  const token = async (name: string) => ({ authorization: `Bearer ${await server.token('analyst', name)}` });
  const [bob, eve] = [await token('bob'), await token('eve')];
  expect((await server.ask('/seen', bob)).status).toBe(200);
  const statuses: number[] = [];
  for (let n = 0; n < 40; n++)
    statuses.push(
      (await server.ask(n % 2 === 0 ? '/seen' : '/change', n % 2 === 0 ? eve : { ...eve, method: 'POST' }))
        .status,
    );
  expect(statuses.slice(0, 2)).toEqual([200, 403]);
  expect(new Set(statuses.slice(-20))).toEqual(new Set([429]));
  const answer = await server.ask('/seen', eve);
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]/);
  expect(await answer.text()).toContain('tomorrow');
  expect((await server.ask('/seen', bob)).status).toBe(200);
  const kept = await server.audit.read(100);
  expect(kept.filter(({ who }) => who === 'bob')).toHaveLength(2);
  // And each line is in the log too, which leaves the machine, without the numbers.
  const logged = server.log.lines.filter(({ message }) => message === 'Audit');
  expect(logged).toHaveLength(kept.length);
  expect(logged[0]?.fields).toMatchObject({ event: 'look', who: 'bob', role: 'analyst', count: 1 });
  expect(logged[0]?.fields).not.toHaveProperty('numbers');
});
