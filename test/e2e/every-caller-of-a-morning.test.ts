import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { morning, returningPasser } from '../../lab/demo/morning.ts';
import { type CallerFate, endOf, ringCaller } from '../../lab/demo/ring-caller.ts';
import { Lab } from '../../lab/lab.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { knownCall } from './known-call.ts';
import { outcomesOf } from './outcomes.ts';

/** Rules and results that the shipped rules promise to each caller. */
const expected: Record<string, { rule: string; challenge: string | null }> = {
  emergency: { rule: 'emergency-call-backs', challenge: null },
  customer: { rule: 'customers', challenge: null },
  staff: { rule: 'staff', challenge: null },
  'presses-one': { rule: 'everyone-else', challenge: 'passed' },
  'wrong-then-right': { rule: 'everyone-else', challenge: 'passed' },
  silent: { rule: 'everyone-else', challenge: 'silent' },
  'gives-up': { rule: 'everyone-else', challenge: 'gave-up' },
  withheld: { rule: 'withheld', challenge: 'passed' },
  malformed: { rule: 'malformed', challenge: 'passed' },
  blocked: { rule: 'blocked', challenge: null },
  'returning-passer': { rule: 'caller-with-pass', challenge: null },
};

describe('every caller of a morning, on the real Asterisk', () => {
  let lab: Lab;
  const fates = new Map<string, CallerFate>();
  let outcomes: Map<string, Outcome[]>;

  beforeAll(async () => {
    lab = await Lab.up();
    const rings = morning.map(async (caller) => {
      fates.set(caller.id, await ringCaller(lab, caller));
      if (caller.id !== 'presses-one') return;
      await knownCall(lab, async () => {
        const fate = await ringCaller(lab, returningPasser);
        fates.set(returningPasser.id, fate);
        return fate.sipCallId;
      });
    });
    await Promise.all(rings);
    const ids = [...fates.values()].map((fate) => fate.sipCallId);
    outcomes = await outcomesOf(lab, ids);
  }, 120_000);

  afterAll(async () => {
    await lab?.down();
  });

  for (const caller of [...morning, returningPasser]) {
    it(`${caller.id}: ${caller.who}`, () => {
      const fate = fates.get(caller.id);
      expect(fate).toBeDefined();
      if (fate === undefined) return;
      expect(endOf(fate)).toBe(caller.end);
      if (caller.phoneShows !== null) expect(fate.arrival?.callerName).toBe(caller.phoneShows);
      const found = outcomes.get(fate.sipCallId) ?? [];
      expect(found).toHaveLength(1);
      const want = expected[caller.id];
      expect({ rule: found[0]?.decision?.rule, challenge: found[0]?.challenge?.result ?? null }).toEqual(
        want,
      );
      expect(found[0]?.bypass).toBeNull();
    });
  }

  it('connects known callers at once', () => {
    for (const id of ['emergency', 'customer', 'staff', 'returning-passer']) {
      const outcome = outcomes.get(fates.get(id)?.sipCallId ?? '')?.[0];
      // Less than one attempt takes, also on a busy machine.
      expect(outcome?.timings.exitMs).toBeLessThan(6_000);
      expect(outcome?.timings.answeredMs).toBeNull();
      expect(outcome?.challenge).toBeNull();
    }
  });

  it('shows the label on the phone itself, as the INVITE that rang it', async () => {
    const rang = (await lab.operators.calls()).map((call) => call.from);
    expect(rang.some((from) => from.includes('"Customer Acme Medical Supply"'))).toBe(true);
    expect(rang.some((from) => from.includes('"Passed: Jo Patient"'))).toBe(true);
    expect(rang.some((from) => from.includes('"Passed: number withheld"'))).toBe(true);
  });

  it('stores the message of the caller who pressed nothing', async () => {
    const inbox = join(lab.dir, 'spool/voicemail/default/general/INBOX');
    const files = await readdir(inbox);
    expect(files.filter((name) => name.endsWith('.wav'))).toHaveLength(1);
    const about = await readFile(join(inbox, 'msg0000.txt'), 'utf8');
    expect(about).toContain('2125550133');
    expect(Number(/duration=(\d+)/.exec(about)?.[1])).toBeGreaterThanOrEqual(3);
  });

  it('leaves DB() working in the dialplan that follows, on which FreePBX lives', async () => {
    const last = (await lab.arrivals()).filter((arrival) => arrival.exit === 'operators').at(-1);
    expect(await lab.asterisk.cli('database get lab last')).toContain(`Value: ${last?.uniqueId}`);
    expect(await readFile(join(lab.dir, 'log/full'), 'utf8')).not.toContain('Dangerous function');
  });

  it('tells the rejected caller why before the end', () => {
    expect(fates.get('blocked')?.sip).toEqual(['answered', 'ended-by-peer']);
  });

  it('keeps numbers out of the log', async () => {
    const log = await readFile(join(lab.dir, 'log/gatehouse.log'), 'utf8');
    expect(log).toContain('"rule":"customers"');
    expect(log).not.toMatch(/2125550131|3175550140/);
  });
});
