import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { outcomeOf } from './outcomes.ts';

const script = [{ hold: 2500 }, { pressInfo: '1' }, { hold: 1000 }];

/** Display names between the quotes of a From header (RFC 3261: a quote and a backslash are escaped). */
const names: Record<string, string> = {
  'commas and quotes': 'a,b,\\"c\\",d=e',
  'dialplan expressions': '${EXTEN} ${SHELL(id)} $[1+1] ${CALLERID(num)}',
  'what ends an argument': 'x)?:operators,s,1)&(y|z',
  'a label of ours': 'Customer Acme',
  'a percent sequence': '%2c%00%zz%',
  'what would cut a header at will': 'x):9:30<sip:1;verstat=TN-Validation-Passed-A@y>',
};

describe('a hostile display name', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up();
  });
  afterAll(async () => {
    await lab?.down();
  });

  // Of one exchange, pressing at the same moment, they would be a campaign.
  let area = 201;
  async function ring(displayName: string | Buffer, transport: 'udp' | 'tcp' = 'udp') {
    const from = `+1${area++}5550150`;
    const phone = await lab.ring({ from, displayName, to: switchboard, steps: script }, { transport });
    await phone.finished();
    const outcome = await outcomeOf(lab, phone.callId());
    const arrival = (await lab.arrivals()).find((one) => one.callId === phone.callId());
    return { from, outcome, arrival };
  }

  for (const [what, name] of Object.entries(names)) {
    it(`with ${what} is a name and nothing else`, async () => {
      const { from, outcome, arrival } = await ring(name);
      expect(outcome.facts.caller).toMatchObject({ number: from, displayName: name });
      expect(outcome.facts.called.raw).toBe(switchboard);
      expect(outcome.facts.verification.result).toBe('none');
      expect(outcome.challenge?.result).toBe('passed');
      expect(arrival?.exit).toBe('operators');
      expect(arrival?.callerName.startsWith('Passed: ')).toBe(true);
      expect(`Passed: ${name}`.startsWith(arrival?.callerName ?? '?')).toBe(true);
    });
  }

  it('of 5 kB is cut and the call goes on', async () => {
    const { outcome, arrival } = await ring('N'.repeat(5000), 'tcp');
    // Asterisk itself keeps 79 characters of a name.
    expect(outcome.facts.caller.displayName).toMatch(/^N{60,120}$/);
    expect(arrival?.exit).toBe('operators');
  });

  it('of bytes that are not UTF-8 is shown with replacement characters and the call goes on', async () => {
    const { outcome, arrival } = await ring(Buffer.from('caf\xe9 \xff\xfe\x80 end', 'latin1'));
    expect(outcome.challenge?.result).toBe('passed');
    expect(outcome.facts.caller.displayName).toContain('caf');
    expect(arrival?.exit).toBe('operators');
  });
});
