import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../child.ts';
import { reached } from './call-story.ts';
import { callText } from './call-text.ts';
import { CallerGroup } from './caller-group.ts';
import { callerKinds, unknownNumbers } from './caller-kinds.ts';
import { ChaosLab } from './chaos-lab.ts';
import type { Judgment } from './compare.ts';
import { judgeAll } from './run.ts';

export interface StandstillOptions {
  /** `freeze`: SIGSTOP of Gatehouse; `cut`: the wire to ARI passes nothing, and says nothing. */
  readonly how: 'freeze' | 'cut';
  readonly seconds: number;
  /** Seconds between two calls. */
  readonly every: number;
  readonly keep?: boolean;
}

export interface StandstillResult {
  readonly standstill: 'freeze' | 'cut';
  readonly seconds: number;
  readonly calls: number;
  /** Longest waits in seconds: who came 8 s after it began or later; known and challenged callers inside when it began. */
  readonly waitSecondsMax: Readonly<Record<Phase, number>>;
  readonly callsOf: Readonly<Record<Phase, number>>;
  /** Calls that were screened again, once it was over. */
  readonly screenedAfter: number;
}

type Phase = 'before' | 'known' | 'challenged' | 'late' | 'recovering' | 'after';
const boundSeconds: Readonly<Record<Phase, number>> = {
  before: 45,
  known: 8,
  challenged: 45,
  late: 1.5,
  recovering: 45,
  after: 45,
};

/** Who comes so much later must not wait at all. */
const lateMs = 8000;
const leadMs = 20_000;
const tailMs = 40_000;
/** Screening must be back by then. */
const backMs = 10_000;

/** Gatehouse stands still for long while calls come; resolves with what is not as it must be. */
export async function runStandstill(
  options: StandstillOptions,
  say: (line: string) => void,
): Promise<{ readonly result: StandstillResult; readonly complaints: readonly string[] }> {
  const chaos = await ChaosLab.up(say);
  const interrupted = (): void => void chaos.down(false).finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const { how, seconds } = options;
    const startedAt = Date.now();
    const ringing = startGroups(chaos, options);
    await sleep(leadMs);
    const begunAt = Date.now();
    say(`${how}: Gatehouse stands still for ${seconds} s`);
    if (how === 'freeze') chaos.lab.gatehouse.child.signal('SIGSTOP');
    else chaos.wire.stall();
    await sleep(seconds * 1000);
    const endedAt = Date.now();
    if (how === 'freeze') chaos.lab.gatehouse.child.signal('SIGCONT');
    else {
      chaos.wire.reset();
      chaos.wire.resume();
    }
    say('over; nobody touches Gatehouse any more');
    const groups = await ringing;
    await until(
      'all callers to be done',
      200_000,
      () => (groups.some(({ child }) => child.running) ? null : true),
      500,
    );
    const left = await chaos.settled(60_000);
    const judgments = await judgeAll(chaos, groups);
    const log = await chaos.log();
    const kind = how === 'freeze' ? 'gatehouse-frozen' : 'ari-cut';
    const fault = {
      kind,
      atMs: begunAt - startedAt,
      forMs: seconds * 1000,
      variant: 0,
      begunAt,
      endedAt,
    } as const;
    const judged = judgments.map((one) => ({ one, phase: phaseOf(one, begunAt, endedAt) }));
    const complaints = left === null ? [] : [left];
    for (const { one, phase } of judged) {
      const wrong = wrongWith(one, phase);
      say(lineOf(one, phase, begunAt, wrong));
      if (wrong.length === 0) continue;
      complaints.push(`${one.story.callId}: ${wrong.join('; ')}`);
      say(callText(one, [fault], log));
    }
    return { result: summary(options, judged), complaints };
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await chaos.down(options.keep ?? false);
    if (options.keep) say(`kept: ${chaos.keptDir}`);
  }
}

async function startGroups(chaos: ChaosLab, { seconds, every }: StandstillOptions): Promise<CallerGroup[]> {
  const { dir, sip } = chaos.lab;
  const unknown = unknownNumbers();
  const group = async (name: string, kindId: string, atMs: number, everyMs: number, calls: number) => {
    const kind = callerKinds.find(({ id }) => id === kindId);
    if (kind === undefined) throw new Error(`no kind of caller is called ${kindId}`);
    await sleep(atMs);
    return CallerGroup.start({
      name,
      kind,
      numbers: kind.numbers(calls, unknown),
      everyMs,
      sip,
      dir: join(dir, 'callers'),
    });
  };
  const calls = Math.ceil((leadMs + seconds * 1000 + tailMs) / (every * 2000));
  return Promise.all([
    group('known', 'customer', 0, every * 2000, calls),
    group('unknown', 'presses-in-prompt', every * 1000, every * 2000, calls),
    // Some in every stage when it begins, and in the seconds in which nobody can see yet that it has begun.
    group('known-then', 'staff', leadMs - 2000, 400, 30),
    group('unknown-then', 'presses-late', leadMs - 9000, 1000, 18),
    group('silent-then', 'silent', leadMs - 18_000, 3000, 9),
  ]);
}

function phaseOf({ story }: Judgment, begunAt: number, endedAt: number): Phase {
  const { invitedAt, kind } = story;
  const goal = reached(story);
  if (goal !== null && goal.at < begunAt) return 'before';
  if (invitedAt >= endedAt + backMs) return 'after';
  if (invitedAt >= endedAt) return 'recovering';
  if (invitedAt >= begunAt + lateMs) return 'late';
  return kind.isKnown ? 'known' : 'challenged';
}

function wrongWith({ story, findings, waitMs, records }: Judgment, phase: Phase): string[] {
  const wrong = findings.map(({ fault, why }) => `${fault}: ${why}`);
  const bound = boundSeconds[phase];
  if (waitMs !== null && waitMs > bound * 1000)
    wrong.push(`waited ${(waitMs / 1000).toFixed(1)} s (${phase}: ${bound} s)`);
  const isPerson = reached(story)?.end === 'person';
  if ((phase === 'late' || phase === 'known' || phase === 'challenged') && !isPerson)
    wrong.push('did not reach the operators');
  if (phase === 'after' && records.some(({ outcome }) => outcome.bypass !== null))
    wrong.push('was not screened');
  return wrong;
}

function lineOf(
  { story, waitMs, records }: Judgment,
  phase: Phase,
  begunAt: number,
  wrong: readonly string[],
): string {
  const at = ((story.invitedAt - begunAt) / 1000).toFixed(1).padStart(7);
  const wait = waitMs === null ? '–' : `${(waitMs / 1000).toFixed(1)} s`;
  const bypass = records[0]?.outcome.bypass?.reason ?? '';
  return `${wrong.length === 0 ? ' ' : '!'} ${at} s  ${story.kind.id.padEnd(18)} ${phase.padEnd(11)} ${wait.padStart(7)}  ${reached(story)?.end ?? 'nowhere'} ${bypass}`;
}

function summary(
  { how, seconds }: StandstillOptions,
  judged: readonly { readonly one: Judgment; readonly phase: Phase }[],
): StandstillResult {
  const phases = Object.keys(boundSeconds) as Phase[];
  const of = (phase: Phase) => judged.filter((each) => each.phase === phase).map(({ one }) => one);
  const by = (value: (calls: readonly Judgment[]) => number) =>
    Object.fromEntries(phases.map((phase) => [phase, value(of(phase))])) as Record<Phase, number>;
  return {
    standstill: how,
    seconds,
    calls: judged.length,
    waitSecondsMax: by((calls) =>
      Number((Math.max(0, ...calls.map(({ waitMs }) => waitMs ?? 0)) / 1000).toFixed(2)),
    ),
    callsOf: by((calls) => calls.length),
    screenedAfter: of('after').filter(({ records }) => records.some(({ outcome }) => outcome.bypass === null))
      .length,
  };
}
