import { readArrivals } from '../arrivals.ts';
import { readMessages } from '../sip-messages.ts';
import { callStories, operatorViews } from './call-story.ts';
import { callText } from './call-text.ts';
import type { CallerGroup } from './caller-group.ts';
import { ChaosLab } from './chaos-lab.ts';
import { type Judgment, judge } from './compare.ts';
import { ringProbe } from './probe.ts';
import { faultCounts, ringThroughFaults } from './ring-all.ts';
import { type FaultKind, faultKinds, planFaults } from './schedule.ts';
import { storedCalls } from './stored-calls.ts';
import { type ChaosSummary, complaints, isScreened, notable, offending, summarize } from './summary.ts';

export interface ChaosOptions {
  readonly calls: number;
  readonly rate: number;
  readonly seed: number;
  readonly faults?: readonly FaultKind[];
  readonly keep?: boolean;
}

export interface ChaosResult extends ChaosSummary {
  readonly faults: Partial<Record<FaultKind, number>>;
  readonly skippedFaults: Partial<Record<FaultKind, string>>;
  /** How often Gatehouse ended by itself. */
  readonly ownEnds: number;
  readonly seed: number;
}

const settleMs = 120_000;
/** Calls that are shown with all that is known of them. */
const mostShown = 40;

/**
 * Callers of every kind under random faults; then everything is mended, and what each caller saw is held against the
 * records. @returns what is not as it must be, empty when all is well
 */
export async function runChaos(
  options: ChaosOptions,
  say: (line: string) => void,
): Promise<{ readonly result: ChaosResult; readonly complaints: readonly string[] }> {
  const chaos = await ChaosLab.up(say);
  const interrupted = (): void => void chaos.down(false).finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const kinds = options.faults ?? faultKinds;
    const plan = planFaults(options.seed, (options.calls / options.rate) * 1000, kinds);
    say(`seed ${options.seed}: ${options.calls} calls, ${plan.length} faults`);
    const ringing = await ringThroughFaults(chaos, { ...options, plan }, say);
    say('all calls are over; waiting for Redis and the outbox');
    await chaos.redis.healed();
    const left = await chaos.settled(settleMs);
    const probe = await ringProbe(chaos);
    const judged = await judgeAll(chaos, [...ringing.groups, probe]);
    const isProbe = ({ story }: Judgment): boolean => probe.isOwn(story.callId);
    const judgments = judged.filter((one) => !isProbe(one));
    const summary = summarize(judgments);
    const log = await chaos.log();
    const shown = offending(judgments);
    for (const one of shown.slice(0, mostShown)) say(`\n${callText(one, ringing.faults, log)}`);
    for (const { story, findings } of shown.slice(mostShown))
      say(
        `${story.callId}: ${findings.map(({ fault, why }) => `${fault}: ${why}`).join('; ') || 'waited too long'}`,
      );
    for (const one of notable(judgments).slice(0, mostShown))
      say(`\nallowed: ${callText(one, ringing.faults, log)}`);
    const found = [...complaints(summary), ...ringing.broken, ...(left === null ? [] : [left])];
    const unscreened = judged.filter((one) => isProbe(one) && !isScreened(one)).length;
    if (unscreened > 0) found.push(`screening did not come back: ${unscreened} calls bypassed it`);
    if (summary.calls < options.calls) found.push(`only ${summary.calls} callers rang`);
    const result: ChaosResult = {
      ...summary,
      faults: faultCounts(ringing.faults),
      skippedFaults: chaos.skipped,
      ownEnds: chaos.ownEnds,
      seed: options.seed,
    };
    return { result, complaints: found };
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await chaos.down(options.keep ?? false);
    if (options.keep) say(`kept: ${chaos.keptDir}`);
  }
}

/** Every call that rang, held against its records. */
export async function judgeAll(
  chaos: ChaosLab,
  groups: readonly CallerGroup[],
): Promise<readonly Judgment[]> {
  const { lab } = chaos;
  const views = (await Promise.all(groups.map((group) => group.views()))).flat();
  const operators = operatorViews(
    await lab.operators.calls(),
    await readMessages(lab.operators.messagesFile),
  );
  const stories = callStories(views, await readArrivals(lab.dir), operators);
  const records = await recordsInFull(chaos.redis.url, stories.length);
  return stories.map((story) => judge(story, records.get(story.callId) ?? [], chaos.outages));
}

/** What is in Redis once it stays the same: the spool is looked through every few seconds. */
export async function recordsInFull(redisUrl: string, wanted: number): ReturnType<typeof storedCalls> {
  const deadline = Date.now() + 30_000;
  for (let before = -1; ; ) {
    const records = await storedCalls(redisUrl);
    if (records.size >= wanted && before === records.size) return records;
    if (Date.now() > deadline) return records;
    before = records.size;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

export function table({ waitSecondsP99, ...result }: ChaosResult): string {
  const kinds = Object.entries(waitSecondsP99).map(
    ([kind, wait]) => `  ${kind.padEnd(30)}${wait.toFixed(1).padStart(6)} s`,
  );
  const counts = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none';
  return [
    `${result.calls} calls: ${result.lost} lost, ${result.missing} without a record, ${result.doubled} recorded twice, ${result.contradicted} contradicted, ${result.unknown} unknown (${result.unknownWithoutCause} without Asterisk's end)`,
    `${result.screened} screened, ${result.endedWithAsterisk} ended with Asterisk; ${result.lostTheirPress} pressed the right key in vain`,
    `faults: ${counts(result.faults)}`,
    `bypassed: ${counts(result.bypassed)}`,
    `longest wait for a person or mailbox: ${result.waitSecondsMax.toFixed(1)} s; at p99:`,
    ...kinds,
  ].join('\n');
}
