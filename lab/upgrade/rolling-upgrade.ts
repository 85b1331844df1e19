import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabCaller } from '../caller.ts';
import { numbers, switchboard } from '../demo/morning.ts';
import { LabGatehouse } from '../gatehouse.ts';
import { Lab } from '../lab.ts';

export interface UpgradePlan {
  /** The program before and after: two `src/cli/gatehouse.ts`, of two checkouts. */
  readonly before: string;
  readonly after: string;
  /** Calls a second and node, half of them asked. */
  readonly rate: number;
  /** Calls of each kind and node. */
  readonly calls: number;
  readonly progress?: (line: string) => void;
}

export interface UpgradedNode {
  readonly node: string;
  /** From the signal to the end of the old program: calls inside finish meanwhile. */
  readonly drainedMs: number;
  /** From the end of the old program until the new one screens: calls go to the operators. */
  readonly awayMs: number;
}

export interface UpgradeResult {
  /** Of every call, by SIP Call-ID: how the caller saw it, and the exit that it reached; null: none. */
  readonly calls: ReadonlyMap<string, { readonly seen: readonly string[]; readonly exit: string | null }>;
  readonly nodes: readonly UpgradedNode[];
}

/** Two Asterisks, each with a Gatehouse of its own, and one Redis. */
export class TwoNodes {
  readonly first: Lab;
  readonly second: Lab;
  readonly gatehouses: LabGatehouse[] = [];

  private constructor(first: Lab, second: Lab) {
    this.first = first;
    this.second = second;
  }

  /** @param checkout whose rules and dialplan the site has, before and after; this one when left out */
  static async up(checkout = join(import.meta.dirname, '../..')): Promise<TwoNodes> {
    const options = {
      gatehouse: false,
      rules: join(checkout, 'rules'),
      editAsterisk: (etc: string) =>
        copyFile(join(checkout, 'dialplan/gatehouse.conf'), join(etc, 'gatehouse/gatehouse.conf')),
    };
    const [first, second] = await Promise.all([Lab.up(options), Lab.up(options)]);
    return new TwoNodes(first, second);
  }

  get labs(): readonly [Lab, Lab] {
    return [this.first, this.second];
  }

  /** The Gatehouse of a node, as this program; it uses the Redis of the first. */
  program(node: 0 | 1, entry: string): LabGatehouse {
    const { plan } = this.labs[node].gatehouse;
    const env = { ...plan.env, GATEHOUSE_NODE: `node-${node + 1}` };
    const gatehouse = new LabGatehouse({ ...plan, entry, env, redisUrl: this.first.redis.url });
    this.gatehouses.push(gatehouse);
    return gatehouse;
  }

  async down(): Promise<void> {
    await Promise.allSettled(this.gatehouses.map((one) => one.stop()));
    await Promise.allSettled(this.labs.map((lab) => lab.down()));
  }
}

/** Callers ring both nodes all the time, while one after the other gets the new program. */
export async function rollingUpgrade(
  site: TwoNodes,
  { before, after, rate, calls, progress = () => {} }: UpgradePlan,
): Promise<UpgradeResult> {
  const old = [site.program(0, before), site.program(1, before)];
  await Promise.all(old.map((one) => one.start()));
  const callers = (await Promise.all(site.labs.map((lab, node) => ring(lab, node, calls, rate)))).flat();
  await sleep(4000);
  const nodes: UpgradedNode[] = [];
  for (const node of [0, 1] as const) {
    const begun = Date.now();
    await old[node]?.stop();
    const drainedMs = Date.now() - begun;
    const next = site.program(node, after);
    await next.start();
    nodes.push({ node: `node-${node + 1}`, drainedMs, awayMs: Date.now() - begun - drainedMs });
    progress(JSON.stringify(nodes.at(-1)));
    await sleep(3000);
  }
  const results = await Promise.all(callers.map((caller) => caller.finished()));
  const arrivals = (await Promise.all(site.labs.map((lab) => lab.arrivals()))).flat();
  const exits = new Map(arrivals.map(({ callId, exit }) => [callId, exit]));
  const ids = callers.flatMap((caller) => caller.callIds(calls));
  const seen = new Map(results.flatMap((result) => [...result.calls]));
  return {
    nodes,
    calls: new Map(ids.map((id) => [id, { seen: seen.get(id) ?? [], exit: exits.get(id) ?? null }])),
  };
}

/** Of forty exchanges: as many callers of one who press at the same moment would be a campaign. */
const areas = [
  ...[201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228],
  ...[301, 302, 303, 304, 305, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323],
];

/** Known callers, and unknown ones who press 1. */
async function ring(lab: Lab, node: number, calls: number, rate: number): Promise<LabCaller[]> {
  await mkdir(join(lab.dir, 'callers'), { recursive: true });
  const unknown = Array.from(
    { length: calls },
    (_, n) => `+1${areas[n % areas.length]}5550${node}${String(n % 100).padStart(2, '0')}`,
  );
  const options = { calls, rate: rate / 2, timeoutMs: 120_000 };
  return Promise.all([
    lab.ring({ from: numbers.customer, to: switchboard, steps: [{ hold: 1500 }] }, options),
    lab.ring(
      { from: '[field0]', to: switchboard, steps: [{ hold: 4000 }, { pressInfo: '1' }, { hold: 2500 }] },
      { ...options, numbers: unknown },
    ),
  ]);
}
