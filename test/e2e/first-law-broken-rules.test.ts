import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab, shippedRules } from '../../lab/lab.ts';
import { outcomeOf } from './outcomes.ts';

describe('the first law, 6: rule files broken', () => {
  let lab: Lab;
  let rules: string;
  beforeEach(async () => {
    rules = await mkdtemp(join(tmpdir(), 'gatehouse-rules-'));
    await cp(shippedRules, rules, { recursive: true });
  });
  afterEach(async () => {
    await lab?.down();
    await rm(rules, { recursive: true, force: true });
  });

  const edit = async (change: (text: string) => string): Promise<void> => {
    const file = join(rules, 'policy.yaml');
    await writeFile(file, change(await readFile(file, 'utf8')));
  };
  const log = (): Promise<string> => readFile(join(lab.dir, 'log/gatehouse.log'), 'utf8');

  it('at start: refuses with file, line and column, and calls go to the operators', async () => {
    lab = await Lab.up({ rules, gatehouse: false });
    await edit((text) => text.replace("then: { connect: { label: 'Customer {name}' } }", 'then: conect'));
    await lab.gatehouse.launch();
    const { code } = await lab.gatehouse.child.ended;
    expect(code).toBe(78);
    expect(await log()).toMatch(/policy\.yaml:\d+:\d+: error: /);
    expect(await log()).toMatch(/remedy: /);
    const phone = await lab.ring({
      from: numbers.customer,
      displayName: 'ACME',
      to: switchboard,
      steps: [{ hold: 1000 }],
    });
    await phone.finished();
    expect(await lab.arrivals()).toMatchObject([{ exit: 'operators', callerName: 'Not screened: ACME' }]);
  });

  it('at reload: the last good policy stays in force and the log says where the mistake is; mended, the new one rules', async () => {
    lab = await Lab.up({ rules });
    const ring = async () => {
      const phone = await lab.ring({
        from: numbers.customer,
        displayName: 'ACME',
        to: switchboard,
        steps: [{ hold: 1000 }],
      });
      await phone.finished();
      return outcomeOf(lab, phone.callId());
    };
    const before = await ring();
    expect(before.decision?.rule).toBe('customers');

    await edit((text) => text.replace("'Customer {name}' } }", "'Client {name}' } "));
    await until('the refusal to be logged', 30_000, async () =>
      /policy\.yaml:\d+:\d+/.test(await log()) ? true : null,
    );
    const during = await ring();
    expect(during.decision).toMatchObject({
      rule: 'customers',
      policyVersion: before.decision?.policyVersion,
    });

    await edit((text) => text.replace("'Client {name}' } ", "'Client {name}' } }"));
    const after = await until('the new policy to rule', 30_000, async () => {
      const outcome = await ring();
      return outcome.decision?.policyVersion === before.decision?.policyVersion ? null : outcome;
    });
    expect(after.exit).toMatchObject({ label: 'Client Acme Medical Supply' });
    expect((await lab.arrivals()).map((one) => one.exit)).toEqual(
      Array((await lab.arrivals()).length).fill('operators'),
    );
  });
});
