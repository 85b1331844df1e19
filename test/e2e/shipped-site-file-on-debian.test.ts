import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import type { CallerScript, CallerStep } from '../../lab/caller-scenario.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { messages } from './exit-lab.ts';

const talk: CallerStep = { speak: 44_000 };
const callers: Readonly<Record<string, Omit<CallerScript, 'to'>>> = {
  silent: { from: numbers.silent, steps: [talk] },
  failed: {
    from: numbers.wrongTwice,
    steps: [{ hold: 2500 }, { press: '5' }, { hold: 6000 }, { press: '7' }, talk],
  },
  withheld: { from: 'anonymous', fromHost: 'anonymous.invalid', headers: ['Privacy: id'], steps: [talk] },
};

describe('the shipped site file on the distribution’s own configuration, with the shipped rules', () => {
  async function ringAll(lab: Lab): Promise<Record<string, { exits: string[]; sip: string }>> {
    const rung = Object.entries(callers).map(async ([name, script]) => {
      const phone = await lab.ring({ ...script, to: switchboard }, { timeoutMs: 90_000 });
      const { calls } = await phone.finished();
      const callId = phone.callId();
      const mine = (await lab.arrivals()).filter((one) => one.callId === callId);
      const sip = calls.get(callId)?.join() ?? 'lost';
      return [name, { exits: mine.map(({ exit }) => exit), sip }] as const;
    });
    return Object.fromEntries(await Promise.all(rung));
  }

  it.concurrent('with the mailbox that the guide asks for: silent, failed and withheld callers leave a message', async ({
    expect,
    onTestFinished,
  }) => {
    const lab = await Lab.up();
    onTestFinished(() => lab.down());
    const fates = await ringAll(lab);
    for (const fate of Object.values(fates)) expect(fate.exits).toEqual(['voicemail']);
    expect(await messages(lab, 'general', 3)).toBe(3);
  });

  it.concurrent('without it: they reach the operators', async ({ expect, onTestFinished }) => {
    const lab = await Lab.up({
      editAsterisk: async (etc) => {
        const file = join(etc, 'voicemail.conf');
        await writeFile(file, (await readFile(file, 'utf8')).replace(/^general => .*$/m, ''));
      },
    });
    onTestFinished(() => lab.down());
    const fates = await ringAll(lab);
    for (const fate of Object.values(fates)) {
      expect(fate.exits).toEqual(['operators']);
      expect(fate.sip).toMatch(/^answered,/);
    }
    expect(await lab.operators.calls()).toHaveLength(3);
  });
});
