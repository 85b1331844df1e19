import { appendFile, chmod, copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { everyCalendar } from '../../src/call/facts.ts';
import { closedKey } from '../../src/redis/redis-keys.ts';
import { knownCall } from './known-call.ts';

const hook = join(import.meta.dirname, '..', '..', 'dialplan', 'gatehouse-outbound.conf');

/** For URIDECODE: nothing in it means anything to the dialplan. */
function escaped(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

describe('a number that our people dialed may call back', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up();
    const etc = join(lab.dir, 'etc');
    await copyFile(hook, join(etc, 'gatehouse-outbound.conf'));
    // What a telecom administrator writes; the phone at the other end is SIPp's.
    const office = (context: string, dialed: string) => `
[${context}]
exten => h,1,Hangup()
exten => _[+0-9].,1,Set(GATEHOUSE_DIALLED=${dialed})
 same => n,GosubIf($[\${DIALPLAN_EXISTS(gatehouse-outbound,s,1)}]?gatehouse-outbound,s,1)
 same => n,Dial(PJSIP/operators,10)
 same => n,Hangup()
`;
    await writeFile(
      join(etc, 'office.conf'),
      `#include gatehouse-outbound.conf
${office('office', '${EXTEN}')}${office('office-hostile', `\${URIDECODE(${escaped('2125550199,x)=$[1/0]${FILE(/etc/passwd)}')})}`)}
[office-without-spool]
exten => _[+0-9].,1,Set(GATEHOUSE_SPOOL=/nonexistent)
 same => n,Goto(office,\${EXTEN},1)
`,
    );
    await chmod(join(etc, 'office.conf'), 0o644);
    await appendFile(join(etc, 'extensions.conf'), '#include office.conf\n');
    await lab.asterisk.cli('dialplan reload');
    expect(await lab.asterisk.cli('dialplan show gatehouse-outbound')).toContain('dialed');
  });
  afterAll(async () => {
    await lab?.down();
  });

  /** One of our phones dials: resolves when the other side's phone has rung. */
  async function dial(number: string, context = 'office'): Promise<void> {
    const rang = (await lab.operators.calls()).length;
    await lab.asterisk.cli(`channel originate Local/${number}@${context}/n application Wait 2`);
    await until('the callee to ring', 30_000, async () =>
      (await lab.operators.calls()).length > rang ? true : null,
    );
  }

  async function notes(): Promise<string[]> {
    return (await readdir(join(lab.dir, 'spool', 'gatehouse'))).filter((name) => name.startsWith('dialed'));
  }

  const rung = new Map<string, number>();

  async function ring(number: string) {
    return await knownCall(lab, async () => {
      const phone = await lab.ring({ from: number, to: switchboard, steps: [{ hold: 1000 }] });
      await phone.finished();
      rung.set(number, (rung.get(number) ?? 0) + 1);
      return phone.callId();
    });
  }

  async function callFrom(number: string) {
    return (await ring(number)).facts.history;
  }

  async function takenIn(): Promise<void> {
    await until('the notes to be taken in', 30_000, async () => ((await notes()).length === 0 ? true : null));
  }

  it('dialed nationally, called back in E.164: the call finds until when; a neighbor does not', async () => {
    const before = Date.now();
    await dial('2125550191');
    await takenIn();
    const history = await callFrom('+12125550191');
    const hours168 = 168 * 3_600_000;
    expect(history?.dialedUntil).toBeGreaterThan(before + hours168 - 1000);
    expect(history?.dialedUntil).toBeLessThan(Date.now() + hours168);
    expect((await callFrom('+12125550192'))?.dialedUntil).toBeNull();
  });

  it('the windows count the calls that came in, and not the one that asks', async () => {
    const history = await callFrom('+12125550191');
    const before = (rung.get('+12125550191') ?? 0) - 1;
    expect(before).toBeGreaterThan(0);
    expect(history).toMatchObject({ calls: Array(8).fill(before), calledNumbers: Array(8).fill(1) });
    const all = [...rung.values()].reduce((sum, calls) => sum + calls) - 1;
    expect(history?.exchangeCalls?.[0]).toBe(all);
    expect(history?.boardCalls?.[0]).toBe(all);
  });

  it('Gatehouse and Redis away: the call goes out all the same, and counts when they are back', async () => {
    await lab.gatehouse.stop();
    await lab.redis.stop();
    await dial('+12125550193');
    expect(await notes()).toHaveLength(1);
    await lab.redis.start();
    await lab.gatehouse.start();
    await lab.record();
    await takenIn();
    expect((await callFrom('+12125550193'))?.dialedUntil).toBeGreaterThan(Date.now());
  });

  it('no folder to write into: the call goes out all the same', async () => {
    await dial('+12125550194', 'office-without-spool');
    expect(await notes()).toEqual([]);
  });

  it('what is dialed is only ever digits in a note, whatever it holds', async () => {
    await lab.gatehouse.stop();
    await dial('+12125550195', 'office-hostile');
    const [name = ''] = await notes();
    const text = await readFile(join(lab.dir, 'spool', 'gatehouse', name), 'utf8');
    expect(name).toMatch(/^dialed~\d{13}~[\w.-]+$/);
    expect(text).toMatch(/^v=1,at=\d{13},to=212555019910,end=1\n?$/);
    await dial('911');
    expect(await notes()).toHaveLength(1);
  });

  it('911 was dialed and a person closed the board: the next call knows both', async () => {
    const redis = new Redis(lab.redis.port);
    const closure = { until: Date.now() + 3_600_000, since: Date.now(), reason: 'Snow' };
    await redis.hset(closedKey, everyCalendar, JSON.stringify(closure));
    redis.disconnect();
    await lab.gatehouse.start();
    await until('the notes to be taken in', 30_000, async () =>
      (await readdir(join(lab.dir, 'spool', 'gatehouse'))).some((name) => name.startsWith('short'))
        ? null
        : true,
    );
    const site = await until('a call that knows what was closed', 60_000, async () => {
      const { facts } = await ring('+12125550196');
      return facts.site?.closed === undefined ? null : facts.site;
    });
    expect(site.closed).toEqual([everyCalendar]);
    expect(Date.now() - (site.emergencyDialedAt ?? 0)).toBeLessThan(600_000);
  });
});
