import { join } from 'node:path';
import type { Outcome } from '../../src/call/outcome.ts';
import { LabCaller } from '../caller.ts';
import type { CallerStep } from '../caller-scenario.ts';
import { storedCalls } from '../chaos/stored-calls.ts';
import { until } from '../child.ts';
import { numbers, switchboard } from '../demo/morning.ts';
import type { TwoNodeSite } from './two-node-site.ts';

export interface SharedHistory {
  /** Callers who passed on one node and were connected at once on the other: from the first to the second, and back. */
  readonly passes: boolean;
  /** A caller who dialed more of our numbers than a rule allows was found, though neither node had seen so many. */
  readonly windows: boolean;
  readonly calls: number;
}

const talk: CallerStep = { hold: 1500 };
const pressesOne: readonly CallerStep[] = [{ hold: 2500 }, { pressInfo: '1' }, talk];
/** On trial in the shipped rules: over four called numbers within ten minutes. */
const windowRule = { id: 'war-dialing', over: 4 };
const mostTries = 4;

/** Rings once to the end; what is recorded of it. */
type Ring = (from: string, to: string, steps: readonly CallerStep[]) => Promise<Outcome>;

/** One call after the other, which Kamailio gives to the nodes in turn. */
export async function sharedHistory(site: TwoNodeSite, say: (line: string) => void): Promise<SharedHistory> {
  let calls = 0;
  const ring: Ring = async (from, to, steps) => {
    const dir = join(site.nodes[0].dir, 'callers');
    const caller = await LabCaller.ring({ from, to, steps }, { sip: site.sip, dir });
    await caller.finished();
    calls++;
    return until('a record', 20_000, async () => {
      const [record] = (await storedCalls(site.cluster.url)).get(caller.callId()) ?? [];
      return record?.outcome ?? null;
    });
  };
  /** The node on which the caller passed, when the other one knew of it. */
  const passesOver = async (number: string): Promise<string | null> => {
    const first = await ring(number, switchboard, pressesOne);
    for (let tries = 0; tries < mostTries; tries++) {
      const again = await ring(number, switchboard, [talk]);
      // On a busy machine history may come too late for one call.
      if (again.node === first.node || again.facts.history === null) continue;
      const isShared =
        first.challenge?.result === 'passed' && again.challenge === null && again.exit.kind === 'connect';
      if (!isShared) say(`not shared: ${JSON.stringify([first, again])}`);
      return isShared ? first.node : null;
    }
    return null;
  };
  const there = await passesOver(numbers.pressesOne);
  // The next caller begins on the other node.
  for (let tries = 0; tries < mostTries; tries++)
    if ((await ring(numbers.customer, switchboard, [talk])).node === there) break;
  const back = await passesOver(numbers.wrongThenRight);
  return {
    passes: there !== null && back !== null && there !== back,
    windows: await windowsAreShared(ring),
    calls,
  };
}

/** Whether the rule counted a caller when neither node by itself had seen enough. */
async function windowsAreShared(ring: Ring): Promise<boolean> {
  const nodes: string[] = [];
  for (let last = 0; last < 10; last++) {
    const { node, decision } = await ring(numbers.givesUp, `+1317555010${last}`, [{ hold: 300 }]);
    nodes.push(node);
    if (decision?.monitored.some(({ rule }) => rule === windowRule.id))
      return nodes.filter((one) => one === node).length <= windowRule.over;
  }
  return false;
}
