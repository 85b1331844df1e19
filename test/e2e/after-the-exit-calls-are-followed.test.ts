import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerScript } from '../../lab/caller-scenario.ts';
import { Child, until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import type { AfterExit } from '../../src/call/outcome.ts';
import { logLines } from './log-lines.ts';
import { outcomeOf } from './outcomes.ts';

const customer: CallerScript = { from: numbers.customer, to: switchboard, steps: [{ hold: 2000 }] };

describe('after the exit', () => {
  let lab: Lab;
  const started: Child[] = [];

  beforeAll(async () => {
    lab = await Lab.up({ env: { GATEHOUSE_LOG_LEVEL: 'debug' } });
  });

  afterAll(async () => {
    for (const child of started) await child.stop(1000);
    await lab?.down();
  });

  /** What the log says of the later life of a call. */
  async function laterLives(callId: string): Promise<AfterExit[]> {
    const lines = (await logLines(lab)) as unknown as readonly (AfterExit & Record<string, unknown>)[];
    return lines
      .filter((line) => line.message === 'Call ended after its exit' && line.callId === callId)
      .map(({ answeredMs, talkMs, cause }) => ({ answeredMs, talkMs, cause }));
  }

  async function laterLife(callId: string): Promise<AfterExit> {
    const found = await until('the later life of a call', 30_000, async () => {
      const lives = await laterLives(callId);
      return lives.length > 0 ? lives : null;
    });
    const [only, ...more] = found;
    if (only === undefined || more.length > 0) throw new Error(`${found.length} ends`);
    return only;
  }

  async function ring(script: CallerScript) {
    const phone = await lab.ring(script);
    const { calls } = await phone.finished();
    const outcome = await outcomeOf(lab, phone.callId());
    return { outcome, heard: calls.get(phone.callId()) };
  }

  it('an operator answers after 200 ms and talks for 2 s', async () => {
    const { outcome, heard } = await ring(customer);
    expect(heard).toEqual(['answered', 'hung-up']);
    const { answeredMs, talkMs, cause } = await laterLife(outcome.callId);
    expect(answeredMs).toBeGreaterThanOrEqual(outcome.timings.exitMs + 150);
    expect(answeredMs).toBeLessThan(outcome.timings.exitMs + 4000);
    expect(talkMs).toBeGreaterThan(1500);
    expect(talkMs).toBeLessThan(6000);
    expect(cause).toBe(16);
  });

  it('a caller who was challenged: the operator answered, not the challenge', async () => {
    const steps = [{ hold: 2500 }, { press: '1' }, { hold: 1500 }];
    const { outcome } = await ring({ from: '+12125550151', to: switchboard, steps });
    expect(outcome.challenge?.result).toBe('passed');
    const { answeredMs, talkMs, cause } = await laterLife(outcome.callId);
    expect(answeredMs).toBeGreaterThanOrEqual(outcome.timings.exitMs + 150);
    expect(talkMs).toBeGreaterThan(500);
    expect(talkMs).toBeLessThan(3500);
    expect(cause).toBe(16);
  });

  it('a caller who gives up while it rings was not answered', async () => {
    const { outcome } = await ring({ ...customer, cancelAfterMs: 150 });
    if (outcome.exit.kind !== 'connect') return;
    expect(await laterLife(outcome.callId)).toMatchObject({ answeredMs: null, talkMs: 0 });
  });

  it('a channel that is not there is refused as it was taken for', async () => {
    const { url, username, password } = lab.contract.ari;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const ask = (app: string) =>
      fetch(`${url}/ari/applications/${app}/subscription?eventSource=channel:1700000000.1`, {
        method: 'POST',
        headers: { authorization },
      });
    expect((await ask('gatehouse-after')).status).toBe(422);
    expect((await ask('nobody')).status).toBe(404);
  });

  it('a mailbox answers, but nobody is followed there', async () => {
    const { outcome } = await ring({
      from: '+12125550152',
      to: switchboard,
      steps: [{ hold: 2500 }, { press: '5' }, { hold: 2000 }, { press: '6' }, { hold: 20_000 }],
    });
    expect(outcome.exit.kind).toBe('voicemail');
    expect(await laterLives(outcome.callId)).toEqual([]);
  });

  it('Gatehouse killed meanwhile: the call goes on undisturbed, and is not followed any more', async () => {
    const phone = await lab.ring({ ...customer, steps: [{ hold: 5000 }] });
    await until('the operator to answer', 30_000, async () =>
      (await phone.results()).get(phone.callId())?.includes('answered') ? true : null,
    );
    lab.gatehouse.child.signal('SIGKILL');
    await lab.gatehouse.child.ended;
    await lab.gatehouse.start();
    const { calls } = await phone.finished();
    expect(calls.get(phone.callId())).toEqual(['answered', 'hung-up']);
    const outcome = await outcomeOf(lab, phone.callId());
    expect(await laterLives(outcome.callId)).toEqual([]);
    const next = await ring(customer);
    expect((await laterLife(next.outcome.callId)).answeredMs).not.toBeNull();
  });

  it('operators who are busy, and operators who are not there', async () => {
    await lab.operators.stop();
    const busy = await busyPhone(lab);
    started.push(busy);
    const told = await ring({ ...customer, steps: [] });
    // The switchboard's mailbox takes the call: nobody spoke with the caller.
    expect(told.heard).toEqual(['answered', 'hung-up']);
    expect(await laterLife(told.outcome.callId)).toMatchObject({ answeredMs: null, talkMs: 0 });
    await busy.stop(1000);

    const { outcome } = await ring({ ...customer, steps: [], cancelAfterMs: 1500 });
    const life = await laterLife(outcome.callId);
    expect(life).toMatchObject({ answeredMs: null, cause: 127 });
    // Whoever listens too late, on a busy machine, does not guess.
    expect([0, null]).toContain(life.talkMs);
  });
});

/** A phone in place of the operators' that rings and is then turned away with 486, as people do. */
async function busyPhone(lab: Lab): Promise<Child> {
  const scenario = join(lab.dir, 'busy.xml');
  await writeFile(
    scenario,
    `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="busy">
  <recv request="INVITE"/>
  <send><![CDATA[
SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=busy[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

  ]]></send>
  <pause milliseconds="300"/>
  <send><![CDATA[
SIP/2.0 486 Busy Here
[last_Via:]
[last_From:]
[last_To:];tag=busy[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

  ]]></send>
  <recv request="ACK"/>
</scenario>
`,
  );
  const args = ['-sf', scenario, '-i', '127.0.0.1', '-p', String(lab.operators.port), '-nostdin'];
  const child = new Child('busy-phone', 'sipp', args, {
    log: join(lab.dir, 'log', 'busy-phone.out'),
    env: { ...process.env, TERM: 'dumb' },
  });
  const port = lab.operators.port.toString(16).toUpperCase().padStart(4, '0');
  await until('the busy phone to listen', 30_000, async () =>
    (await readFile('/proc/net/udp', 'utf8')).includes(`:${port} `) ? true : null,
  );
  return child;
}
