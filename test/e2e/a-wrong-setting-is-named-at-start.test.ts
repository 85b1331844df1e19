import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatehouseEntry } from '../../lab/gatehouse.ts';
import { Lab } from '../../lab/lab.ts';

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

  it('names an address that is not ARI and ends with 78', async () => {
    const { code, said } = await serve({
      GATEHOUSE_ARI_URL: `http://127.0.0.1:${lab.asterisk.plan.httpPort}/nothing-here`,
    });
    expect(said).toMatch(/404|not found|http\.conf/i);
    expect(code).toBe(78);
  });
});
