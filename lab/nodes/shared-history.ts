import { join } from 'node:path';
import { LabCaller } from '../caller.ts';
import type { CallerStep } from '../caller-scenario.ts';
import { storedCalls } from '../chaos/stored-calls.ts';
import { until } from '../child.ts';
import { numbers, switchboard } from '../demo/morning.ts';
import type { TwoNodeSite } from './two-node-site.ts';

export interface SharedHistory {
  /** Callers who passed on one node and were connected at once on the other: from the first to the second, and back. */
  readonly passes: boolean;
  /** A caller who rang six of our numbers in turn, three on each node, was counted as one who rang more than four. */
  readonly windows: boolean;
  readonly calls: number;
}

const talk: CallerStep = { hold: 1500 };
const pressesOne: readonly CallerStep[] = [{ hold: 2500 }, { pressInfo: '1' }, talk];
/** On trial in the shipped rules: over four called numbers within ten minutes. */
const windowRule = 'war-dialing';

/** One call after the other, which Kamailio gives to the nodes in turn. */
export async function sharedHistory(site: TwoNodeSite): Promise<SharedHistory> {
  let calls = 0;
  const ring = async (from: string, to: string, steps: readonly CallerStep[]) => {
    const dir = join(site.nodes[0].dir, 'callers');
    const caller = await LabCaller.ring({ from, to, steps }, { sip: site.sip, dir });
    await caller.finished();
    calls++;
    return until('a record', 20_000, async () => {
      const [record] = (await storedCalls(site.cluster.url)).get(caller.callId()) ?? [];
      return record?.outcome ?? null;
    });
  };
  const passesOver = async (number: string): Promise<string | null> => {
    const first = await ring(number, switchboard, pressesOne);
    const again = await ring(number, switchboard, [talk]);
    const isShared =
      first.challenge?.result === 'passed' &&
      again.challenge === null &&
      again.exit.kind === 'connect' &&
      again.bypass === null;
    return isShared && first.node !== again.node ? first.node : null;
  };
  const there = await passesOver(numbers.pressesOne);
  // One more, so that the next caller begins on the other node.
  await ring(numbers.customer, switchboard, [talk]);
  const back = await passesOver(numbers.wrongThenRight);

  const dialed = [];
  for (let last = 0; last < 6; last++)
    dialed.push(await ring(numbers.givesUp, `+1317555010${last}`, [{ hold: 300 }]));
  const counted = dialed.map(
    ({ decision }) => decision?.monitored.some(({ rule }) => rule === windowRule) ?? false,
  );
  return {
    passes: there !== null && back !== null && there !== back,
    windows:
      counted.at(-1) === true && counted[0] === false && new Set(dialed.map(({ node }) => node)).size === 2,
    calls,
  };
}
