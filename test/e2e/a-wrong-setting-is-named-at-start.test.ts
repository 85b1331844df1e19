import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { freePort } from '../../lab/free-ports.ts';
import { gatehouseEntry } from '../../lab/gatehouse.ts';
import { Lab } from '../../lab/lab.ts';
import { outcomesOf } from './outcomes.ts';

describe('gatehouse serve before a real Asterisk', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up({ gatehouse: false });
  });
  afterAll(async () => {
    await lab?.down();
  });

  function serve(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
    return new Promise((resolve) => {
      // A directory of its own: what a former start accepted would stand in for rules that are not there.
      const data = mkdtempSync(join(lab.dir, 'gatehouse-'));
      const options = {
        env: { ...lab.gatehouse.environment, GATEHOUSE_DATA: data, ...env },
        timeout: 20_000,
      };
      const child = execFile(process.execPath, [gatehouseEntry, 'serve'], options, (_, stdout, stderr) => {
        resolve({ code: child.exitCode, said: stdout + stderr });
      });
    });
  }

  it.each([
    ['a wrong password', { GATEHOUSE_ARI_PASSWORD: 'wrong' }, /password|credentials/i],
    ['a read-only user', { GATEHOUSE_ARI_USER: 'auditor' }, /read.?only/i],
    ['a setting that is no number', { GATEHOUSE_ARI_TIMEOUT_MS: 'soon' }, /GATEHOUSE_ARI_TIMEOUT_MS/],
    ['a rules directory that is not there', { GATEHOUSE_RULES: '/nowhere' }, /nowhere/],
  ])('names %s and ends with 78', async (_, env, words) => {
    const { code, said } = await serve(env as Record<string, string>);
    expect(said).toMatch(words);
    expect(code).toBe(78);
    expect(said).not.toContain(lab.gatehouse.plan.ariPassword);
  });

  it('screens calls without the pages when settings of these are wrong, and says so', async () => {
    const data = mkdtempSync(join(lab.dir, 'gatehouse-'));
    const port = await freePort();
    const child = spawn(process.execPath, [gatehouseEntry, 'serve'], {
      env: {
        ...lab.gatehouse.environment,
        GATEHOUSE_DATA: data,
        // The last is an address that no machine has: it is noticed only when listening (RFC 5737).
        ...{ GATEHOUSE_TRUSTED_PROXIES: 'everybody', GATEHOUSE_OIDC_ISSUER: 'https://id.example.org' },
        ...{ GATEHOUSE_PUBLIC_URL: 'gatehouse', GATEHOUSE_SMTP_URL: 'relay', GATEHOUSE_LOG_LEVEL: 'loud' },
        GATEHOUSE_HTTP: `192.0.2.1:${port}`,
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => {
        said += part.toString();
      });
    const ended = once(child, 'exit');
    try {
      const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
      await expect
        .poll(
          () =>
            ask('/readyz').then(
              ({ status }) => status,
              () => 0,
            ),
          { timeout: 60_000 },
        )
        .toBe(200);
      const phone = await lab.ring({ from: numbers.customer, to: switchboard, steps: [{ hold: 500 }] });
      const { calls } = await phone.finished();
      expect([...calls.values()].flat()).toEqual(['answered', 'hung-up']);
      const id = phone.callId();
      const outcome = (await outcomesOf(lab, [id], 30_000)).get(id)?.[0];
      expect(outcome).toMatchObject({ bypass: null, exit: { kind: 'connect' } });
      expect((await ask('/')).status).toBe(503);
      expect(await (await ask('/healthz')).json()).toEqual({ ok: true });
      const token = readFileSync(join(data, 'local-token'), 'utf8').trim();
      const authorization = `Bearer ${token}`;
      const health = await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { authorization } });
      const { settings } = (await health.json()) as { settings: { name: string }[] };
      const wrong = ['LOG_LEVEL', 'OIDC_CLIENT_ID', 'PUBLIC_URL', 'SMTP_URL', 'TRUSTED_PROXIES'];
      expect(settings.map(({ name }) => name).sort()).toEqual(wrong.map((name) => `GATEHOUSE_${name}`));
      for (const name of wrong) expect(said).toContain(`GATEHOUSE_${name}`);
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  });

  it('names an address that is not ARI and ends with 78', async () => {
    const { code, said } = await serve({
      GATEHOUSE_ARI_URL: `http://127.0.0.1:${lab.asterisk.plan.httpPort}/nothing-here`,
    });
    expect(said).toMatch(/404|not found|http\.conf/i);
    expect(code).toBe(78);
  });
});
