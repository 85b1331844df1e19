import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { gatehouseEntry } from '../../lab/gatehouse.ts';
import { Lab, shippedRules } from '../../lab/lab.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { liveCalls } from './live-calls.ts';
import { outcomesOf, readOutcomes } from './outcomes.ts';

interface PolicySaid {
  readonly version: string;
  readonly refused: { readonly problems: readonly { readonly message: string }[] } | null;
}

describe('rules edited while calls run, on a real Asterisk', () => {
  let lab: Lab;
  let rules: string;
  beforeAll(async () => {
    rules = await mkdtemp(join(tmpdir(), 'gatehouse-rules-'));
    await cp(shippedRules, rules, { recursive: true });
    lab = await Lab.up({ rules });
  });
  afterAll(async () => {
    await lab?.down();
    await rm(rules, { recursive: true, force: true });
  });

  const edit = async (from: string, to: string): Promise<void> => {
    const file = join(rules, 'policy.yaml');
    const text = await readFile(file, 'utf8');
    expect(text).toContain(from);
    await writeFile(file, text.replace(from, to));
  };
  const policySaid = async (): Promise<PolicySaid> => {
    const reply = await fetch(`${lab.gatehouse.url}/healthz`, { signal: AbortSignal.timeout(5000) });
    return ((await reply.json()) as { policy: PolicySaid }).policy;
  };
  const ring = (holdMs: number) =>
    lab.ring({ from: numbers.customer, displayName: 'ACME', to: switchboard, steps: [{ hold: holdMs }] });

  it('the call in the prompt ends as it began, the next call follows the edit, a broken edit changes nothing and is shown', async () => {
    const before = (await policySaid()).version;
    // A stranger is in the prompt, and customers keep ringing, while the files change.
    const stranger = await lab.ring({ from: numbers.silent, to: switchboard, steps: [{ hold: 7000 }] });
    await until('the stranger to be screened', 30_000, async () =>
      (await liveCalls(lab)) === 1 ? true : null,
    );
    const ringing: Promise<string>[] = [];
    let isOver = false;
    const stream = (async () => {
      while (!isOver) {
        const phone = await ring(300);
        ringing.push(phone.finished().then(() => phone.callId()));
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    })();

    await edit("label: 'Customer {name}'", "label: 'Client {name}'");
    const edited = await until('the edit to be in force', 30_000, async () => {
      const { version } = await policySaid();
      return version === before ? null : version;
    });
    const next = await ring(500);
    await next.finished();

    await edit("label: 'Client {name}'", "labl: 'Broken {name}'");
    const refused = await until(
      'the broken edit to be shown',
      30_000,
      async () => (await policySaid()).refused,
    );
    expect(refused.problems[0]?.message).toContain('labl');
    expect((await policySaid()).version).toBe(edited);
    const log = await readFile(join(lab.dir, 'log/gatehouse.log'), 'utf8');
    expect(log).toMatch(/rules refused, the last good policy stays in force.*policy\.yaml:\d+:\d+/);
    const asked = await gatehouse(lab, 'reload');
    expect(asked.code).toBe(1);
    expect(asked.out).toMatch(/policy\.yaml:\d+:\d+: error: .*labl/);
    const during = await ring(500);
    await during.finished();

    await edit("labl: 'Broken {name}'", "label: 'Mended {name}'");
    expect((await gatehouse(lab, 'reload')).code).toBe(0);
    const mended = (await policySaid()).version;
    expect((await policySaid()).refused).toBeNull();
    const last = await ring(500);
    await last.finished();
    await stranger.finished();
    isOver = true;
    await stream;

    const streamed = await Promise.all(ringing);
    const single = [stranger, next, during, last].map((phone) => phone.callId());
    const found = await outcomesOf(lab, [...streamed, ...single], 30_000);
    const outcome = (id: string): Outcome => {
      const [only, ...more] = found.get(id) ?? [];
      if (only === undefined || more.length > 0) throw new Error(`${more.length} outcomes of ${id}`);
      return only;
    };
    expect(outcome(stranger.callId()).decision?.policyVersion).toBe(before);
    expect(outcome(stranger.callId()).challenge).not.toBeNull();
    const label = (id: string) => {
      const { decision, exit } = outcome(id);
      return [decision?.policyVersion, exit.kind === 'connect' ? exit.label?.split(' ')[0] : exit.kind];
    };
    expect(label(next.callId())).toEqual([edited, 'Client']);
    expect(label(during.callId())).toEqual([edited, 'Client']);
    expect(label(last.callId())).toEqual([mended, 'Mended']);
    // Each of the calls that rang all along is wholly of one policy.
    const words: Record<string, string> = { [before]: 'Customer', [edited]: 'Client', [mended]: 'Mended' };
    expect(streamed.length).toBeGreaterThan(5);
    for (const id of streamed) {
      const [version = '', word] = label(id);
      expect(word).toBe(words[version]);
    }
  });

  it('what was recorded is decided again as it was, and a past call is explained', async () => {
    const calls = (await readOutcomes(lab)).filter(({ decision }) => decision !== null);
    const version = (await policySaid()).version;
    const asNow = calls.filter(({ decision }) => decision?.policyVersion === version);
    const again = await gatehouse(lab, 'backtest', '--rules', rules, '--since', '1h', '--json');
    expect(again.code).toBe(0);
    const report = JSON.parse(again.out);
    // The edits changed a label, so that only words may differ, and none where the rules were those of now.
    expect(report).toMatchObject({ compared: calls.length, flips: 0, mismatches: 0, harmed: 0 });
    expect(report.same).toBeGreaterThanOrEqual(asNow.length);
    expect(asNow.length).toBeGreaterThan(0);
    const [call] = asNow;
    const explained = await gatehouse(lab, 'explain', '--call', call?.facts.sipCallId ?? '', '--since', '1h');
    expect(explained.code).toBe(0);
    expect(explained.out).toContain(`Call id: ${call?.callId}`);
    expect(explained.out).toMatch(/Rule: {4}customers \(.*policy\.yaml:\d+:5\)/);
  });

  it('SIGHUP reloads too, and the process lives on', async () => {
    const { pid } = lab.gatehouse.child;
    const before = (await policySaid()).version;
    // Not a file that is watched, so that only the signal can have been the cause.
    process.kill(pid, 'SIGHUP');
    await until('the signal to be logged', 30_000, async () =>
      (await readFile(join(lab.dir, 'log/gatehouse.log'), 'utf8')).includes('Reload requested') ? true : null,
    );
    expect((await policySaid()).version).toBe(before);
    expect(lab.gatehouse.child.running).toBe(true);
  });
});

function gatehouse(lab: Lab, ...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    const options = { env: lab.gatehouse.environment, timeout: 30_000 };
    execFile(process.execPath, [gatehouseEntry, ...args], options, (error, out) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out }),
    );
  });
}
