import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { LabCaller } from '../../lab/caller.ts';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab, type LabContract } from '../../lab/lab.ts';
import { startTicks } from '../../lab/process-identity.ts';
import { labBase, readRecord } from '../../lab/slot.ts';

const exec = promisify(execFile);
const cli = join(import.meta.dirname, '../../lab/cli.ts');
const lab = (...args: string[]) => exec(process.execPath, [cli, ...args], { timeout: 60_000 });

describe('the lab, as other programs drive it', () => {
  let contract: LabContract;
  afterAll(async () => {
    await lab('down');
  });

  it('up --detach prints one JSON object when calls can be taken', async () => {
    const { stdout } = await lab('up', '--detach');
    expect(stdout.trim().split('\n')).toHaveLength(1);
    contract = JSON.parse(stdout) as LabContract;
    expect(Object.keys(contract)).toEqual(
      expect.arrayContaining(['sip', 'ari', 'redis', 'report', 'dir', 'logs']),
    );
    expect((await fetch(`${contract.report}/readyz`)).status).toBe(200);
  });

  it('an INVITE to any number at `sip` is a call of the carrier, and `arrivals` tells where it went', async () => {
    const script = { from: numbers.customer, displayName: 'ACME', to: switchboard, steps: [{ hold: 1500 }] };
    const phone = await LabCaller.ring(script, { sip: contract.sip, dir: join(contract.dir, 'callers') });
    await phone.finished();
    const lines = (await lab('arrivals')).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        callId: phone.callId(),
        exit: 'operators',
        callerNumber: numbers.customer,
        callerName: 'Customer Acme Medical Supply',
      },
    ]);
  });

  it('starts Gatehouse again after it was killed, as a service manager would', async () => {
    const pid = contract.pids.gatehouse ?? 0;
    process.kill(pid, 'SIGKILL');
    await until('Gatehouse to be back', 30_000, async () => {
      const reply = await fetch(`${contract.report}/readyz`).catch(() => null);
      return reply?.ok && startTicks(pid) === null ? true : null;
    });
  });

  it('runs beside a second lab with ports of its own', async () => {
    const second = await Lab.up({ gatehouse: false });
    try {
      expect(second.sip).not.toBe(contract.sip);
      expect(second.dir).not.toBe(contract.dir);
      expect(second.asterisk.plan.rtpStart).toBeGreaterThan(0);
    } finally {
      await second.down();
    }
    expect(existsSync(second.dir)).toBe(false);
    expect((await fetch(`${contract.report}/readyz`)).status).toBe(200);
  });

  it('cleans up after a lab whose supervisor was killed', async () => {
    // Gatehouse was started again: its supervisor writes that down soon after.
    const record = await until('the four processes in the record', 10_000, async () => {
      const found = await readRecord(contract.dir);
      return (found?.processes.length ?? 0) >= 4 ? found : null;
    });
    process.kill(record.supervisor.pid, 'SIGKILL');
    const next = await Lab.up({ gatehouse: false });
    await next.down();
    await until('them to end', 10_000, () =>
      record.processes.every(({ pid, started }) => startTicks(pid) !== started) ? true : null,
    );
  });

  it('down stops everything and leaves nothing', async () => {
    const { stdout } = await lab('up', '--detach');
    const { dir, pids } = JSON.parse(stdout) as LabContract;
    await lab('down');
    for (const pid of Object.values(pids)) expect(startTicks(pid)).toBeNull();
    expect(await readdir(labBase)).not.toContain(dir.split('/').at(-1));
  });
});
