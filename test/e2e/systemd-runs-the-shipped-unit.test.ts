import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import type { Lab } from '../../lab/lab.ts';
import { LabSystemd } from '../../lab/systemd.ts';
import { ShippedUnit } from './shipped-unit.ts';

const missing = await LabSystemd.missing();

describe.skipIf(missing !== null)('a real systemd and the unit as it is shipped', () => {
  let unit: ShippedUnit;
  let lab: Lab;
  let systemd: LabSystemd;
  const state = () => unit.state();
  const become = (active: string, text: string, ms?: number) => unit.become(active, text, ms);
  const ready = () => unit.ready();
  /** A known caller, from the trunk to the operators by Gatehouse. */
  const call = async () => {
    const caller = await lab.ring({ from: numbers.customer, to: switchboard, steps: [{ hold: 500 }] });
    const [arrival] = await lab.arrived([caller.callId()], 8000);
    await caller.finished();
    expect(arrival?.exit).toBe('operators');
  };

  beforeAll(async () => {
    unit = await ShippedUnit.up('TimeoutStopSec=1\n');
    ({ lab, systemd } = unit);
  });
  afterAll(() => unit?.down());

  it('without Asterisk the start is over after 15 s, and the service waits on; it screens once Asterisk is there', async () => {
    await lab.asterisk.stop();
    const begun = Date.now();
    await systemd.run('systemctl', 'start', 'gatehouse');
    expect(Date.now() - begun).toBeGreaterThan(10_000);
    await become('active', 'No connection to Asterisk: calls go to the operators unscreened');
    await lab.asterisk.start();
    await become('active', 'Screening calls');
    expect((await state()).NRestarts).toBe('0');
    await ready();
    await call();
  });

  it('a frozen process is killed and started again, and calls are screened, within 15 s', async () => {
    const before = await state();
    const begun = Date.now();
    await systemd.run('systemctl', 'kill', '--kill-who=main', '--signal=SIGSTOP', 'gatehouse');
    await until('another process', 40_000, async () => {
      const { MainPID } = await state();
      return (MainPID !== before.MainPID && MainPID !== '0') || null;
    });
    const tookMs = Date.now() - begun;
    // 9 to 12 s until the watchdog, and 1 s of pause. The start itself takes 1.5 s on an idle machine.
    expect(tookMs).toBeGreaterThan(8_000);
    expect(tookMs).toBeLessThan(20_000);
    await become('active', 'Screening calls');
    expect((await state()).NRestarts).toBe('1');
    await ready();
    await call();
  });

  it('where LoadCredential= cannot be had, the drop-in has the password read from its file', async () => {
    await systemd.run(
      'cp',
      '/opt/gatehouse/deploy/lxc.conf',
      '/etc/systemd/system/gatehouse.service.d/lxc.conf',
    );
    await systemd.run('chgrp', 'gatehouse', '/etc/gatehouse/ari-password');
    await systemd.run('chmod', '0640', '/etc/gatehouse/ari-password');
    await systemd.run('systemctl', 'daemon-reload');
    await systemd.run('systemctl', 'restart', 'gatehouse');
    expect(await systemd.run('systemctl', 'show', 'gatehouse', '--property=LoadCredential')).not.toContain(
      'ari-password',
    );
    await become('active', 'Screening calls');
  });

  it('a stop lets calls finish, however short TimeoutStopSec= is', async () => {
    await ready();
    // Longer than the drain.
    const caller = await lab.ring({ from: numbers.silent, to: switchboard, steps: [{ hold: 40_000 }] });
    await until(
      'a call inside',
      20_000,
      async () => (await lab.asterisk.cli('core show channels')).includes('Stasis') || null,
    );
    const begun = Date.now();
    const stopping = systemd.run('systemctl', 'stop', 'gatehouse');
    await become('deactivating', 'Stopping; calls inside: 1');
    await stopping;
    expect(Date.now() - begun).toBeGreaterThan(4_000);
    expect(await state()).toMatchObject({ ActiveState: 'inactive', Result: 'success' });
    await lab.arrived([caller.callId()], 10_000);
    await caller.finished();
  });

  it('the timer’s service notifies while Gatehouse is stopped, and is itself failed', async () => {
    const notices: unknown[] = [];
    const receiver = createServer((request, reply) => {
      let body = '';
      request.on('data', (text) => (body += text));
      request.on('end', () => {
        notices.push(JSON.parse(body));
        reply.end();
      });
    });
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    const { port } = receiver.address() as AddressInfo;
    const settings = `GATEHOUSE_WEBHOOK_URL=http://127.0.0.1:${port}/\\nGATEHOUSE_WEBHOOK_SECRET=0123456789abcdef\\n`;
    const look = () =>
      systemd.run('systemctl', 'start', 'gatehouse-watch').then(
        () => 'success',
        () => 'failed',
      );
    await systemd.run('sh', '-c', `printf '${settings}' >> /etc/gatehouse/gatehouse.env`);
    expect([await look(), notices]).toEqual(['failed', []]);
    // As if that had been a minute ago.
    await systemd.run('sed', '-i', 's/"since":[0-9]*/"since":1000/', '/var/lib/gatehouse/watch.json');
    expect(await look()).toBe('failed');
    expect(JSON.stringify(notices)).toContain('no Gatehouse answers at');
    const journal = await systemd.run('journalctl', '--unit=gatehouse-watch', '--no-pager', '--output=cat');
    expect(journal).toContain('calls go to the operators unscreened');

    await systemd.run('systemctl', 'start', 'gatehouse');
    expect(await look()).toBe('success');
    expect(notices).toHaveLength(2);
    expect(JSON.stringify(notices[1])).toContain('"over"');
    expect(await systemd.run('systemd-analyze', 'verify', 'gatehouse.service', 'gatehouse-watch.timer')).toBe(
      '',
    );
    receiver.close();
  });

  it('upgrading and going back, by the commands of docs/upgrading.md', async () => {
    const guide = await readFile('docs/upgrading.md', 'utf8');
    const blocks = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);
    // The sixth is of the package.
    const [fetched, upgrade, dialplan, dialplanBack, back] = blocks;
    expect([blocks.length, fetched?.startsWith('git clone')]).toEqual([6, true]);
    await systemd.run(
      'sh',
      '-c',
      'cp -a /opt/gatehouse /opt/gatehouse.next && mkdir -p /etc/asterisk/gatehouse',
    );
    // What Asterisk does with it, a-rolling-upgrade-loses-no-call.test.ts shows.
    const run = (block = '') => systemd.run('sh', '-ec', `asterisk() { echo "asterisk $*"; }\n${block}`);
    expect(await run(upgrade)).toBe('StatusText=Screening calls\n');
    expect(await run(dialplan)).toBe('asterisk -rx dialplan reload\n');
    expect(await run(dialplanBack)).toBe('asterisk -rx dialplan reload\n');
    expect(await run(back)).toBe('StatusText=Screening calls\n');
    expect(await systemd.run('ls', '/opt')).toBe('gatehouse\ngatehouse.newer\nproject\n');
    await call();
  });

  it('nothing of the sandbox stands in its way', async () => {
    const journal = await systemd.run('journalctl', '--unit=gatehouse', '--no-pager', '--output=cat');
    expect(journal.split('\n').filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});
