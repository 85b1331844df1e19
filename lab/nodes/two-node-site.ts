import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ReportSummary } from '../../src/call/call-records.ts';
import { RedisClusterProcesses } from '../../test/fakes/redis-cluster-processes.ts';
import { halvesOfRtp } from '../chaos/chaos-lab.ts';
import { until } from '../child.ts';
import { freePort } from '../free-ports.ts';
import { gatehouseEntry } from '../gatehouse.ts';
import { Lab } from '../lab.ts';
import { LabKamailio } from './kamailio.ts';

const exec = promisify(execFile);

/** Two Asterisks, each with a Gatehouse of its own, behind Kamailio, and a Redis Cluster of three masters. */
export class TwoNodeSite {
  readonly nodes: readonly [Lab, Lab];
  readonly kamailio: LabKamailio;
  readonly cluster: RedisClusterProcesses;

  private constructor(parts: Pick<TwoNodeSite, 'nodes' | 'kamailio' | 'cluster'>) {
    this.nodes = parts.nodes;
    this.kamailio = parts.kamailio;
    this.cluster = parts.cluster;
  }

  static async up(progress: (line: string) => void): Promise<TwoNodeSite> {
    // What was begun is ended again when a part fails, the last first.
    const undo: (() => Promise<void>)[] = [];
    try {
      const cluster = await RedisClusterProcesses.start();
      undo.push(() => cluster.remove());
      const labs: Lab[] = [];
      for (const node of ['node-1', 'node-2']) {
        const lab = await Lab.up({
          env: { GATEHOUSE_REDIS_URL: cluster.url, GATEHOUSE_NODE: node },
          operatorTalkMs: 2000,
          // As shipped.
          watchdogSeconds: 44,
          editAsterisk: halvesOfRtp(),
          progress: (line) => progress(`${node}: ${line}`),
        });
        undo.push(() => lab.down());
        labs.push(lab);
      }
      const [first, second] = labs;
      if (first === undefined || second === undefined) throw new Error('a site has two nodes');
      const kamailio = new LabKamailio(join(first.dir, 'kamailio'), await freePort(), [
        first.sip,
        second.sip,
      ]);
      undo.push(() => kamailio.stop());
      await kamailio.start();
      return new TwoNodeSite({ nodes: [first, second], kamailio, cluster });
    } catch (error) {
      for (const one of undo.reverse()) await one().catch(() => {});
      throw error;
    }
  }

  /** Where callers ring. */
  get sip(): string {
    return this.kamailio.sip;
  }

  /** Kill -9; resolves when it is dead, with the moment, epoch ms. */
  async killAsterisk(node: 0 | 1): Promise<number> {
    const { child } = this.nodes[node].asterisk;
    child.signal('SIGKILL');
    await child.ended;
    return Date.now();
  }

  async startAsterisk(node: 0 | 1): Promise<void> {
    await this.nodes[node].asterisk.start();
    await this.nodes[node].record();
  }

  /** `gatehouse report --json` of the last hour, asked on each node. */
  async reports(): Promise<readonly ReportSummary[]> {
    const asked = this.nodes.map(async ({ gatehouse }) => {
      const options = { env: gatehouse.environment, timeout: 60_000 };
      const command = [gatehouseEntry, 'report', '--json', '--since', '1h'];
      return JSON.parse((await exec(process.execPath, command, options)).stdout) as ReportSummary;
    });
    return Promise.all(asked);
  }

  /** Waits until neither node has a call inside or a record to write. */
  async settled(): Promise<void> {
    for (const { gatehouse } of this.nodes)
      await until('a node to have nothing left to do', 30_000, async () => {
        const reply = await fetch(`${gatehouse.url}/healthz`, { signal: AbortSignal.timeout(2000) });
        const { backlog, liveCalls } = (await reply.json()) as { backlog: number; liveCalls: number };
        return backlog === 0 && liveCalls === 0 ? true : null;
      });
  }

  async down(): Promise<void> {
    await this.kamailio.stop();
    await Promise.allSettled(this.nodes.map((lab) => lab.down()));
    await this.cluster.remove();
  }
}
