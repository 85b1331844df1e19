import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { LabCaller } from '../../lab/caller.ts';
import type { CallerScript, CallerStep } from '../../lab/caller-scenario.ts';
import { Lab } from '../../lab/lab.ts';
import { RtpCapture } from '../../lab/rtp-capture.ts';
import { hearTwoDigits } from '../../lab/told-digits.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { outcomesOf } from '../../test/e2e/outcomes.ts';
import { days } from './calendar.ts';
import { Dice } from './dice.ts';
import { planMonth } from './plan.ts';
import { playMonth } from './play.ts';
import { loadedRules, siteRules } from './site-rules.ts';
import { type GroupId, groupIds, type PlannedCall } from './truth.ts';
import { type Signal, SiteWatch } from './watch.ts';

/** One call after the other, ms. */
const everyMs = 900;
const attackCalls = 36;
const callsOfOthers = 4;
/** Who makes tones needs exits of their own. */
const notRung: readonly GroupId[] = ['tty', 'fax', 'own-number'];

export interface LabDay {
  readonly calls: number;
  /** Of them: the real Asterisk and the simulation agree on the rule, the challenge with its result, and the exit. */
  readonly same: number;
  readonly different: readonly {
    readonly group: GroupId;
    readonly simulated: string;
    readonly real: string;
  }[];
}

/**
 * Calls of the attack day through a real Asterisk with real SIP callers, who do what the simulated ones did, beside the same calls
 * simulated: does what comes of them agree?
 */
export async function labDay(seed: number, say: (text: string) => void): Promise<LabDay> {
  const plan = planMonth(seed);
  await using site = await siteRules(plan);
  const lab = await Lab.up({ rules: site.dir });
  const sample = sampleOf(plan.calls, plan.calendar.at(days.attack, 13, 10), Date.now() + 3_000);
  try {
    const policy = await loadedRules(site.dir);
    const simulated = new Map<PlannedCall, Outcome>();
    // The test bed has no carrier who signs.
    const without: ReadonlySet<Signal> = new Set(['verification']);
    await playMonth({
      ...{ plan: { ...plan, calls: sample, dials: [], outage: null }, policy, without },
      watch: new SiteWatch(policy, without),
      dice: new Dice(`callers of ${seed}`),
      onOutcome: (call, outcome) => void (call.attempt === 0 && simulated.set(call, outcome)),
    });
    say(`${sample.length} calls of the attack day, one every ${everyMs} ms …`);
    const rung = await Promise.all(
      sample.map(async (call, at) => {
        await setTimeout(at * everyMs);
        return { call, sipCallId: await ring(lab, call, simulated.get(call) as Outcome) };
      }),
    );
    const real = await outcomesOf(
      lab,
      rung.map(({ sipCallId }) => sipCallId),
      60_000,
    );
    const compared = rung.map(({ call, sipCallId }) => ({
      group: call.group,
      simulated: wordsOf(simulated.get(call)),
      real: wordsOf(real.get(sipCallId)?.[0]),
    }));
    const different = compared.filter((one) => one.simulated !== one.real);
    return { calls: sample.length, same: sample.length - different.length, different };
  } finally {
    await lab.down();
  }
}

/** First those of all others, then the attack, then the others again: before it and under it. */
function sampleOf(calls: readonly PlannedCall[], from: number, startAt: number): readonly PlannedCall[] {
  const that = calls.filter(({ at }) => at >= from - 4 * 3_600_000 && at < from + 4 * 3_600_000);
  const of = (group: GroupId) => that.filter((call) => call.group === group);
  const others = groupIds.filter((id) => id !== 'attack-day' && !notRung.includes(id));
  const some = (begin: number) => others.flatMap((id) => of(id).slice(begin, begin + callsOfOthers / 2));
  const chosen = [...some(0), ...of('attack-day').slice(0, attackCalls), ...some(callsOfOthers / 2)];
  return chosen.map((call, at) => ({ ...call, at: startAt + at * everyMs }));
}

function wordsOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'no record';
  const { decision, challenge, exit } = outcome;
  const asked = challenge === null ? '' : `, ${challenge.kind} ${challenge.result}`;
  return `${decision?.rule ?? 'no rule'}${asked}, ${exit.kind}`;
}

/** @returns its SIP Call-ID */
async function ring(lab: Lab, call: PlannedCall, outcome: Outcome): Promise<string> {
  const { number } = call.caller;
  const isWithheld = number === null;
  const { challenge } = outcome;
  const listens = challenge?.kind === 'two-digits' && challenge.result === 'passed';
  const script: CallerScript = {
    from: number ?? 'anonymous',
    displayName: call.caller.displayName,
    to: call.called.raw,
    steps: listens ? [{ pressTold: true }, talk] : stepsOf(call, outcome),
    ...(isWithheld && { fromHost: 'anonymous.invalid', headers: ['Privacy: id'] }),
  };
  const phone = await lab.ring(script, { timeoutMs: 120_000 });
  if (listens) await hearAndTell(lab, phone);
  await phone.finished();
  return phone.callId();
}

/** Of whoever was not asked for digits there is nothing to hear; the record says what was asked. */
async function hearAndTell(lab: Lab, phone: LabCaller): Promise<void> {
  const capture = await RtpCapture.start(phone.mediaPort);
  try {
    await phone.tell(await hearTwoDigits(capture, join(lab.dir, 'prompts'), 'en'));
  } catch {
    await phone.tell('00').catch(() => undefined);
  } finally {
    await capture.stop();
  }
}

const talk: CallerStep = { hold: 2_500 };

/** What the simulated caller did, as a real one does it. */
function stepsOf({ manner }: PlannedCall, { challenge, timings, exit }: Outcome): readonly CallerStep[] {
  if (challenge === null) return [exit.kind === 'voicemail' ? { hold: 9_000 } : talk];
  const steps: CallerStep[] = [];
  let at = timings.answeredMs ?? 0;
  for (const attempt of challenge.attempts) {
    const until = attempt.firstHeardAtMs ?? (attempt.result === 'hung-up' ? attempt.endedAtMs : null);
    if (until === null) continue;
    steps.push({ hold: Math.max(1, Math.round(until - at)) });
    at = until;
    if (attempt.heard !== '') steps.push({ press: attempt.heard });
  }
  if (challenge.result === 'gave-up') return steps;
  const stays = Math.max(2_500, timings.exitMs - at + 6_000);
  return [...steps, manner.kind === 'plays-message' ? { speak: stays } : { hold: stays }];
}
