import { setTimeout } from 'node:timers/promises';
import { freePort } from '../../lab/free-ports.ts';
import { RedisProcess } from './redis-process.ts';

const slots = 16_384;
const nodeTimeoutMs = 1_500;
const startMs = 60_000;

/** A real Redis Cluster of three masters, the first with a replica that takes over when it dies. */
export class RedisClusterProcesses {
  readonly masters: readonly Node[];
  readonly replica: Node;

  private constructor(masters: readonly Node[], replica: Node) {
    this.masters = masters;
    this.replica = replica;
  }

  static async start(): Promise<RedisClusterProcesses> {
    const [first, ...others] = await Promise.all([node(), node(), node(), node()]);
    const replica = others.pop();
    if (first === undefined || replica === undefined) throw new Error('no nodes');
    const cluster = new RedisClusterProcesses([first, ...others], replica);
    try {
      await cluster.#join();
      return cluster;
    } catch (error) {
      await cluster.remove();
      throw error;
    }
  }

  /** Two of its nodes, as somebody would write them down. */
  get url(): string {
    return `redis+cluster://127.0.0.1:${this.masters[1]?.port},127.0.0.1:${this.masters[2]?.port}`;
  }

  /** The one with a replica. */
  get first(): RedisProcess {
    const [first] = this.masters;
    if (first === undefined) throw new Error('a cluster has masters');
    return first;
  }

  /** Resolves when the replica has become a master. */
  async failedOver(): Promise<void> {
    await eventually('the replica to take over', async () =>
      String(await this.replica.admin.role()).startsWith('master'),
    );
  }

  /** The replica gets no more of what its master takes; clients that are connected notice nothing. */
  async cutReplication(): Promise<void> {
    await this.replica.admin.config('SET', 'masterauth', 'not the password');
    await this.first.admin.config('SET', 'requirepass', 'the password');
    await this.first.admin.call('CLIENT', 'KILL', 'TYPE', 'replica');
  }

  async remove(): Promise<void> {
    await Promise.all([...this.masters, this.replica].map((one) => one.remove()));
  }

  async #join(): Promise<void> {
    const all = [...this.masters, this.replica];
    for (const [index, { admin }] of this.masters.entries()) {
      const from = Math.floor((index * slots) / this.masters.length);
      const to = Math.floor(((index + 1) * slots) / this.masters.length) - 1;
      await admin.cluster('ADDSLOTSRANGE', from, to);
      await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    }
    for (const { port, busPort } of all.slice(1))
      await this.first.admin.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort);
    await eventually('the nodes to know each other', async () => {
      const known = await Promise.all(all.map(async ({ admin }) => String(await admin.cluster('INFO'))));
      return known.every((info) => info.includes(`cluster_known_nodes:${all.length}`));
    });
    const id = String(await this.first.admin.cluster('MYID'));
    await eventually('the replica to be one', async () => {
      await this.replica.admin.call('CLUSTER', 'REPLICATE', id).catch(() => {});
      return /master_link_status:up/.test(await this.replica.admin.info('replication'));
    });
    await eventually('the cluster to be one', async () => {
      const infos = await Promise.all(all.map(async ({ admin }) => String(await admin.cluster('INFO'))));
      return infos.every((info) => info.includes('cluster_state:ok'));
    });
    await eventually('all to know the replica', async () => {
      const nodes = await Promise.all(all.map(async ({ admin }) => String(await admin.cluster('NODES'))));
      return nodes.every((text) => (text.match(/ (myself,)?slave /g) ?? []).length === 1);
    });
  }
}

type Node = RedisProcess & { readonly busPort: number };

async function node(): Promise<Node> {
  const busPort = await freePort();
  const settings = [
    ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
    ...['--cluster-node-timeout', String(nodeTimeoutMs), '--cluster-replica-validity-factor', '0'],
    ...['--repl-diskless-sync-delay', '0'],
  ];
  return Object.assign(await RedisProcess.start({ settings }), { busPort });
}

export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + startMs;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await setTimeout(50);
  }
}
