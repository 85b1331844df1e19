import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import type { Lab } from '../../lab/lab.ts';
import { dialed, exitLab, ringExit, ringTo, setGlobal } from './exit-lab.ts';

const person = { sip: 'answered,hung-up', exits: ['operators'] };

describe('entry, without Gatehouse or with one that never answers', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await exitLab();
  });
  afterAll(async () => {
    await lab?.down();
  });

  const now = async (): Promise<number> => Date.now() / 1000;
  /** A heart that beat so many seconds ago; negative: Asterisk's clock was put back since. */
  const beatAgo = async (seconds: number): Promise<string> =>
    setGlobal(lab, 'GATEHOUSE_BEAT', String(Math.floor(await now()) - seconds));
  const log = (): Promise<string> => readFile(join(lab.dir, 'log', 'full'), 'utf8');

  it.each([
    ['GATEHOUSE_WATCHDOG', '0', 'dd=5,wd=44,wdbad=1'],
    ['GATEHOUSE_WATCHDOG', 'abc', 'dd=5,wd=44,wdbad=1'],
    ['GATEHOUSE_WATCHDOG', '9999', 'dd=5,wd=44,wdbad=1'],
    ['GATEHOUSE_WATCHDOG', '-20', 'dd=5,wd=44,wdbad=1'],
    ['GATEHOUSE_WATCHDOG', '20.5', 'dd=5,wd=44,wdbad=1'],
    ['GATEHOUSE_WATCHDOG', '030', 'dd=5,wd=30,pres'],
    ['GATEHOUSE_DECISION', '1', 'dd=5,wd=30,ddbad=1'],
    ['GATEHOUSE_DECISION', '3', 'dd=3,wd=30,pres'],
    ['GATEHOUSE_MAX_DECIDING', 'many', 'dd=3,wd=30,capbad=1'],
  ])(
    '%s=%s: the default where it is no whole number in its range, and a warning',
    async (name, value, told) => {
      await setGlobal(lab, name, value);
      const fate = await ringTo(lab, dialed);
      expect(fate).toMatchObject(person);
      expect(fate.bypass).toContain(`,${told}`);
      expect((await log()).includes(`Gatehouse: ${name}=${value} is not a whole number`)).toBe(
        told.includes('bad'),
      );
    },
  );

  it.each([
    ['not set', null, 'app-absent'],
    ['now', 0, 'app-absent'],
    ['2 s ago', 2, 'app-absent'],
    ['20 s ago', 20, 'app-frozen'],
    ['20 s in the future', -20, 'app-frozen'],
    ['0, as the watchdog leaves it', 'zero', 'app-frozen'],
  ])('a heart that beat %s', async (_, ago, reason) => {
    if (ago === 'zero') await setGlobal(lab, 'GATEHOUSE_BEAT', '0');
    else if (typeof ago === 'number') await beatAgo(ago);
    const before = (await log()).split("Stasis app 'gatehouse' doesn't exist").length;
    const fate = await ringTo(lab, dialed);
    expect(fate).toMatchObject({ ...person, note: null });
    expect(fate.bypass).toContain(`,reason=${reason},end=1`);
    const asked = (await log()).split("Stasis app 'gatehouse' doesn't exist").length > before;
    expect(asked).toBe(reason === 'app-absent');
  });

  it.each([
    ['connect', 'operators=Acme', { exits: ['operators'] }, 'operators'],
    ['voicemail', 'general', { exits: ['voicemail'] }, 'voicemail:general'],
    ['reject', '607', { exits: ['rejected'], sip: 'rejected-607' }, 'rejected'],
    ['release', 'exception', { exits: ['operators'] }, 'operators'],
  ])('%s, and the heart stands still: a departure note', async (exit, extension, fate, to) => {
    await beatAgo(5);
    expect(await ringExit(lab, `gatehouse-${exit}`, extension)).toMatchObject({
      ...fate,
      note: { exit: `gatehouse-${exit},${extension}`, to, why: 'app-silent' },
    });
    await beatAgo(0);
    expect(await ringExit(lab, `gatehouse-${exit}`, extension)).toMatchObject({ ...fate, note: null });
  });

  /** An application that takes calls and never does anything with them; `seconds` that they wait for it. */
  const deafApp = async (seconds: number): Promise<WebSocket> => {
    await setGlobal(lab, 'GATEHOUSE_DECISION', String(seconds));
    await beatAgo(0);
    const { ariUrl, ariPassword } = lab.gatehouse.plan;
    const events = `${ariUrl.replace('http', 'ws')}/ari/events?app=gatehouse&api_key=gatehouse:${ariPassword}`;
    const socket = new WebSocket(events);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    return socket;
  };

  it('for ten seconds after a call too many, a tenth of them may wait', async () => {
    await setGlobal(lab, 'GATEHOUSE_MAX_DECIDING', '20');
    const socket = await deafApp(15);
    try {
      const waiting = await lab.ring(
        { from: '+12125550172', to: dialed, steps: [{ hold: 1000 }] },
        { calls: 3, rate: 50, timeoutMs: 60_000 },
      );
      await until('three calls to wait', 4000, async () =>
        (await lab.asterisk.cli('group show channels')).includes('3 active channels') ? true : null,
      );
      await setGlobal(lab, 'GATEHOUSE_SHED', String(Math.floor(await now()) - 3));
      expect((await ringTo(lab, dialed)).bypass).toContain('reason=overload');
      await setGlobal(lab, 'GATEHOUSE_SHED', String(Math.floor(await now()) - 10));
      await setGlobal(lab, 'GATEHOUSE_DECISION', '2');
      expect((await ringTo(lab, dialed)).bypass).not.toContain('reason=overload');
      await waiting.finished();
    } finally {
      socket.close();
    }
  });

  it('more calls than may wait for a decision: those above bypass at once, the others hear ringing until their time is over', async () => {
    await setGlobal(lab, 'GATEHOUSE_MAX_DECIDING', '10');
    const socket = await deafApp(5);
    try {
      const phone = await lab.ring(
        { from: '+12125550171', displayName: 'Many (of) Us', to: dialed, steps: [{ hold: 1000 }] },
        { calls: 15, rate: 50, timeoutMs: 60_000, noteMessages: true },
      );
      const mine = async () =>
        (await lab.arrivals()).filter(({ callerNumber }) => callerNumber === '+12125550171');
      await lab.arrived(phone.callIds(15), 30_000);
      await phone.finished();
      const reasons = await Promise.all(
        (await mine()).map(async ({ uniqueId, time }) => {
          const note = await readFile(join(lab.dir, 'spool', 'gatehouse', uniqueId), 'utf8');
          const arrived = Number(/,at=(\d+)/.exec(note)?.[1]);
          return { reason: /reason=([a-z-]+)/.exec(note)?.[1], waited: Date.parse(time) - arrived, note };
        }),
      );
      const of = (wanted: string) => reasons.filter(({ reason }) => reason === wanted);
      expect(of('overload')).toHaveLength(5);
      expect(of('watchdog')).toHaveLength(10);
      for (const { waited, note } of of('overload')) {
        expect(waited).toBeLessThan(1000);
        // Little, but who called whom by which trunk.
        expect(note).toMatch(/,trunk=carrier,.*,did=[^,]+,num=\+12125550171,name=Many%20of%20Us,reason=/);
      }
      for (const { waited } of of('watchdog')) expect(waited).toBeGreaterThan(4000);
      const rang = (await phone.messages()).filter(({ firstLine }) => firstLine.startsWith('SIP/2.0 180'));
      expect(rang.length).toBeGreaterThanOrEqual(15);
      // The first watchdog stopped the heart: the next caller does not wait.
      expect((await ringTo(lab, dialed)).bypass).toContain('reason=app-frozen');
    } finally {
      socket.close();
    }
  });
});
