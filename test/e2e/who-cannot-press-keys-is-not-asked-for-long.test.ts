import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerStep } from '../../lab/caller-scenario.ts';
import { switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { knownCall } from './known-call.ts';
import { outcomesOf } from './outcomes.ts';

const faxExit = `
[gatehouse-to-fax]
exten => h,1,Hangup()
exten => _[+0-9A-Za-z*#]!,1,Dial(PJSIP/operators,30)
 same => n,Return()
include => gatehouse-exit
`;

const passes: readonly CallerStep[] = [{ hold: 2500 }, { pressInfo: '1' }, { hold: 1500 }];
const callers: Readonly<Record<string, readonly CallerStep[]>> = {
  'a fax machine': [{ sendTones: 'fax', ms: 9000 }],
  'a fax machine that is late': [{ hold: 4000 }, { sendTones: 'fax', ms: 6000 }],
  'a text telephone': [{ hold: 2000 }, { sendTones: 'tty', ms: 8000 }],
  'a text telephone after a prompt': [{ hold: 8500 }, { sendTones: 'tty', ms: 8000 }],
  'somebody who talks': [{ speak: 13_000 }],
  'a fax machine behind somebody who passed': [...passes, { sendTones: 'fax', ms: 6000 }],
  'a text telephone behind somebody who passed': [...passes, { sendTones: 'tty', ms: 6000 }],
};

describe('callers who cannot press keys', () => {
  let lab: Lab;
  const fates = new Map<string, { exits: string[]; name: string; bypass: string | undefined; sip: string }>();

  beforeAll(async () => {
    lab = await Lab.up({
      editAsterisk: (etc) => appendFile(join(etc, 'gatehouse', 'gatehouse-site.conf'), faxExit),
    });
    const rung = Object.entries(callers).map(async ([who, steps], index) => {
      const named = index % 2 === 0 ? {} : { displayName: 'Ann (x), 100%' };
      const phone = await lab.ring({ from: `+1212555016${index}`, ...named, to: switchboard, steps });
      const { calls } = await phone.finished();
      return { who, id: phone.callId(), sip: calls.get(phone.callId())?.join() ?? 'lost' };
    });
    const calls = await Promise.all(rung);
    const outcomes = await outcomesOf(
      lab,
      calls.map(({ id }) => id),
    );
    const arrivals = await lab.arrivals();
    for (const { who, id, sip } of calls) {
      const mine = arrivals.filter(({ callId }) => callId === id);
      const outcome = outcomes.get(id)?.[0];
      fates.set(who, {
        sip,
        exits: mine.map(({ exit }) => exit),
        name: mine[0]?.callerName ?? '',
        bypass: outcome?.bypass?.reason,
      });
    }
  });
  afterAll(() => lab?.down());

  it.each([
    ['a fax machine', 'Fax'],
    ['a fax machine that is late', 'Fax: Ann (x), 100%'],
  ])('%s: the exit for it', (who, name) => {
    expect(fates.get(who)).toEqual({ sip: 'answered,hung-up', exits: ['fax'], bypass: 'fax', name });
  });

  it.each([
    ['a text telephone', 'Text telephone'],
    ['a text telephone after a prompt', 'Text telephone: Ann (x), 100%'],
  ])('%s: the operators, who are told', (who, name) => {
    const exits = ['tty', 'operators'];
    expect(fates.get(who)).toEqual({ sip: 'answered,hung-up', exits, bypass: 'tty', name });
  });

  it.each([
    ['a text telephone', '+12125550162', { tty: 1 }],
    ['somebody who talks', '+12125550164', {}],
  ])('the next call of %s knows what was heard', async (_who, from, heard) => {
    const outcome = await knownCall(lab, async () => {
      const phone = await lab.ring({ from, to: switchboard, steps: [{ hold: 300 }] });
      await phone.finished();
      return phone.callId();
    });
    expect(outcome.facts.history?.heard).toEqual(heard);
  });

  it('somebody who talks is none of them', () => {
    expect(fates.get('somebody who talks')).toMatchObject({ bypass: undefined, exits: [] });
  });

  it.each(['a fax machine', 'a text telephone'])('%s behind somebody who passed: stays', (who) => {
    expect(fates.get(`${who} behind somebody who passed`)).toMatchObject({
      ...{ sip: 'answered,hung-up', exits: ['operators'], bypass: undefined },
    });
  });
});
