import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { Lab, shippedRules } from '../../lab/lab.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { runCli } from '../cli/run-cli.ts';
import { type FieldCall, type FieldTrunk, fieldCalls, fieldTrunks } from '../field/header-dialects.ts';
import { logLines } from './log-lines.ts';
import { outcomeOf, outcomesOf } from './outcomes.ts';
import { RawCaller } from './raw-caller.ts';

const trunkNames = Object.keys(fieldTrunks) as FieldTrunk[];
const addressOf = (trunk: FieldTrunk) => `127.0.1.${trunkNames.indexOf(trunk) + 1}`;

/** An endpoint a trunk, told apart by the address that it calls from. */
function endpoints(): string {
  return trunkNames
    .map(
      (name) => `
[${name}]
type = endpoint
context = gatehouse-in
disallow = all
allow = ulaw
[${name}]
type = identify
endpoint = ${name}
match = ${addressOf(name)}
`,
    )
    .join('');
}

const declared = Object.entries(fieldTrunks).filter(([, settings]) => settings !== null);
const trunks = `trunks:\n${declared.map(([name, settings]) => `  ${name}: ${settings}\n`).join('')}`;

function found(outcome: Outcome, want: FieldCall['want']): FieldCall['want'] {
  const { caller, called, verification } = outcome.facts;
  const { result, attestation } = verification;
  const state = attestation === null ? result : (`passed-${attestation}` as const);
  return {
    ...(want.verification !== undefined && { verification: state }),
    ...(want.caller !== undefined && { caller: caller.number ?? caller.reason ?? '' }),
    ...(want.rule !== undefined && { rule: outcome.decision?.rule ?? '' }),
    ...(want.called !== undefined && { called: called.number ?? '' }),
  };
}

describe('headers as carriers and callers write them, on a real Asterisk', () => {
  let lab: Lab;
  let rules: string;
  const callers = new Map<FieldTrunk, RawCaller>();
  const results = new Map<FieldCall, { callId: string; status: number }>();
  let outcomes: Map<string, Outcome[]>;

  const edit = async (from: RegExp, to: string): Promise<void> => {
    const file = join(rules, 'policy.yaml');
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(from);
    await writeFile(file, text.replace(from, to));
  };
  const ring = async (call: FieldCall) =>
    (callers.get(call.trunk) as RawCaller).ring({ to: '+13175550100', ...call });

  beforeAll(async () => {
    rules = await mkdtemp(join(tmpdir(), 'gatehouse-rules-'));
    await cp(shippedRules, rules, { recursive: true });
    await edit(/^lists:$/m, `${trunks}\nlists:`);
    lab = await Lab.up({
      rules,
      editAsterisk: (etc) => appendFile(join(etc, 'pjsip.conf'), endpoints()),
    });
    // So many unknown callers at once are an attack, which has rules of its own.
    const calm = ['level', 'calm', '--for', '2h', '--reason', 'callers of a test'];
    expect((await runCli(calm, { env: lab.gatehouse.environment })).exitCode).toBe(0);
    await until('a level set by hand', 10_000, async () => {
      const lines = await logLines(lab);
      return lines.some(({ message }) => message === 'An attack level was set by hand') ? true : null;
    });
    for (const name of trunkNames) callers.set(name, await RawCaller.open(lab.sip, addressOf(name)));
    const ringAll = async (calls: readonly FieldCall[]) => {
      const waiting = [...calls];
      const ringInTurn = async () => {
        for (let call = waiting.shift(); call !== undefined; call = waiting.shift())
          results.set(call, await ring(call));
      };
      await Promise.all(Array.from({ length: 8 }, ringInTurn));
      const ids = [...results.values()].map(({ callId }) => callId);
      outcomes = await outcomesOf(lab, ids, 60_000);
    };
    await ringAll(fieldCalls);
    // A busy machine sheds calls, which is not what is asked here.
    const shed = (call: FieldCall) =>
      outcomes.get(results.get(call)?.callId ?? '')?.some(({ bypass }) => bypass?.reason === 'overload') ===
      true;
    for (let tries = 0; tries < 3 && fieldCalls.some(shed); tries++) await ringAll(fieldCalls.filter(shed));
  }, 180_000);

  afterAll(async () => {
    for (const caller of callers.values()) caller.close();
    await lab?.down();
    await rm(rules, { recursive: true, force: true });
  });

  it.each(fieldCalls.map((call) => [call.trunk, call.what, call] as const))(
    '%s: %s',
    (_trunk, _what, call) => {
      const { callId = '', status } = results.get(call) ?? {};
      expect(status).toBe(200);
      const all = outcomes.get(callId) ?? [];
      expect(all).toHaveLength(1);
      const [outcome] = all;
      if (outcome === undefined) return;
      expect(found(outcome, call.want)).toEqual(call.want);
      expect(outcome.bypass).toBeNull();
      expect(outcome.facts.trunk).toBe(call.trunk);
    },
  );

  it('a trunk and a region that are edited while calls run hold for the next call', async () => {
    const national: FieldCall = {
      what: 'national',
      trunk: 'undeclared',
      from: '<sip:030123456@h.example>',
      headers: ['P-Attestation-Indicator: A'],
      want: {},
    };
    // National numbers of another region would be refused from then on.
    const staff = join(rules, 'lists/staff.csv');
    const rows = await readFile(staff, 'utf8');
    await writeFile(
      staff,
      rows.replace(/^[(3].*?(?=,)/gm, (number) => `+1${number.replace(/\D/g, '')}`),
    );
    await edit(/^ {2}default-region: US$/m, '  default-region: DE');
    await edit(/^trunks:$/m, 'trunks:\n  undeclared: { believe: [p-attestation-indicator] }');
    await until(
      'a call by the edited rules',
      60_000,
      async () => {
        const { caller, verification } = (await outcomeOf(lab, (await ring(national)).callId, 40_000)).facts;
        return caller.number === '+4930123456' && verification.attestation === 'A' ? true : null;
      },
      1000,
    );
  }, 280_000);

  it('without Gatehouse the exit gets the clean number, and the phone shows nobody who asked for privacy', async () => {
    await lab.gatehouse.stop();
    const raw = callers.get('undeclared') as RawCaller;
    const from = '"Pat" <sip:+12125550123@h.example>';
    const calls = [
      { to: '+13175550100;npdi', headers: ['Privacy: id'], called: '+13175550100', shown: 'anonymous' },
      { to: '(317)555-0100', headers: [], called: '3175550100', shown: '+12125550123' },
    ];
    for (const { called, shown, ...invite } of calls) {
      const { callId, status } = await raw.ring({ from, ...invite });
      expect(status).toBe(200);
      const [arrival] = await lab.arrived([callId], 20_000);
      expect(arrival).toMatchObject({ exit: 'operators', calledNumber: called, callerNumber: shown });
    }
  }, 90_000);
});
