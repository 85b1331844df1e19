import { appendFile, chmod, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { knownCall } from './known-call.ts';

const hook = join(import.meta.dirname, '..', '..', 'dialplan', 'gatehouse-outbound.conf');
const own = '+13175550103';
const otherOwn = '+13175550104';

describe('a caller who shows a number of ours while no call of ours does has forged it', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up();
    const etc = join(lab.dir, 'etc');
    await copyFile(hook, join(etc, 'gatehouse-outbound.conf'));
    // What a telecom administrator writes. The phone that is called is SIPp's; the call comes back in by the trunk as another.
    const office = (context: string, ...before: readonly string[]) => `
[${context}]
exten => h,1,Hangup()
exten => _[+0-9].,1,Set(GATEHOUSE_DIALLED=\${EXTEN})
${before.map((step) => ` same => n,${step}\n`).join('')} same => n,GosubIf($[\${DIALPLAN_EXISTS(gatehouse-outbound,s,1)}]?gatehouse-outbound,s,1)
 same => n,Dial(PJSIP/operators,60)
 same => n,Hangup()
`;
    await writeFile(
      join(etc, 'office.conf'),
      `#include gatehouse-outbound.conf
${office('office', 'Set(CALLERID(num)=3175550103)')}
${office('office-extension', 'Set(CALLERID(num)=4103)')}
${office('office-from-user', 'Set(CALLERID(num)=4103)', 'Set(GATEHOUSE_SHOWN=(317\\) 555-0103)')}
${office('office-grouped', `Set(CALLERID(num)=${own})`, 'Set(OUTBOUND_GROUP=OUT_1)')}

[office-transferred]
exten => s,1,Wait(120)
`,
    );
    await chmod(join(etc, 'office.conf'), 0o644);
    await appendFile(join(etc, 'extensions.conf'), '#include office.conf\n');
    await lab.asterisk.cli('dialplan reload');
  });
  afterAll(async () => {
    await lab?.down();
  });

  /** What is known when a call that shows `from` comes in by the trunk. */
  async function ownCallOut(from: string): Promise<boolean | undefined> {
    const outcome = await knownCall(lab, async () => {
      const phone = await lab.ring({ from, to: switchboard, steps: [{ hold: 500 }] });
      await phone.finished();
      return phone.callId();
    });
    return outcome.facts.signals?.ownCallOut;
  }

  const channels = async () => (await lab.asterisk.cli('core show channels concise')).split('\n');
  const outbound = async () => (await channels()).filter((line) => line.includes('!office'));

  /** One of our phones calls out and talks while `during` runs. */
  async function whileCalling(context: string, during: () => Promise<void>): Promise<void> {
    await lab.asterisk.cli(`channel originate Local/12125550191@${context}/n application Wait 120`);
    await until('the callee to be rung', 30_000, async () =>
      (await outbound()).some((line) => line.includes('!Dial!')) ? true : null,
    );
    try {
      await during();
    } finally {
      for (const line of await outbound())
        await lab.asterisk.cli(`channel request hangup ${line.split('!')[0]}`);
      await until('the call to end', 30_000, async () => ((await outbound()).length === 0 ? true : null));
    }
  }

  it('nobody says that all calls of ours pass the hook: it is not known, whatever is in progress', async () => {
    expect(await ownCallOut(own)).toBeUndefined();
    await whileCalling('office', async () => expect(await ownCallOut(own)).toBeUndefined());
  });

  it('the hook has not run since that was said: it is not known', async () => {
    await lab.asterisk.cli('dialplan set global GATEHOUSE_ALIBI yes');
    expect(await ownCallOut(own)).toBeUndefined();
  });

  it('a call of ours that comes back in is genuine, another number of ours forged; so is the first when it is over', async () => {
    await whileCalling('office', async () => {
      expect(await ownCallOut(own)).toBe(true);
      expect(await ownCallOut(otherOwn)).toBe(false);
    });
    expect(await ownCallOut(own)).toBe(false);
  });

  it.each(['office-from-user', 'office-grouped'])(
    'a call of ours by [%s] is genuine too',
    async (context) => {
      await whileCalling(context, async () => expect(await ownCallOut(own)).toBe(true));
    },
  );

  it('a call that shows an extension may show any number outside: it is not known', async () => {
    await whileCalling('office-extension', async () => expect(await ownCallOut(own)).toBeUndefined());
  });

  it('our phone transferred the call and is gone, the other side still shows its number: genuine', async () => {
    await lab.asterisk.cli('channel originate Local/12125550191@office application Wait 120');
    const groups = () => lab.asterisk.cli('group show channels');
    const leg = await until('the callee to answer', 30_000, async () => {
      const [, name = ''] = /(PJSIP\/operators\S*)\s+5550103\s+gatehouse-out/.exec(await groups()) ?? [];
      const shown = (await channels()).find((line) => line.startsWith(`${name}!`));
      return name !== '' && shown?.includes('!Up!') ? name : null;
    });
    await lab.asterisk.cli(`channel redirect ${leg} office-transferred,s,1`);
    await until('our phone to be gone', 30_000, async () => ((await outbound()).length === 1 ? true : null));
    expect(await outbound()).toEqual([expect.stringContaining(`${leg}!office-transferred!`)]);
    expect(await ownCallOut(own)).toBe(true);
    await lab.asterisk.cli(`channel request hangup ${leg}`);
    await until('the call to end', 30_000, async () => ((await outbound()).length === 0 ? true : null));
  });
});
