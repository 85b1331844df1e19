import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Child, until } from '../child.ts';
import { freePorts } from '../free-ports.ts';

const name = 'switchboard';

interface RedisNode {
  readonly port: number;
  readonly file: string;
  child: Child | null;
}

/**
 * A master with a replica, both with an append-only file, and a Sentinel that lets the replica take over after two
 * seconds. They read their role from their own configuration, which the Sentinel rewrites.
 */
export class RedisPair {
  readonly #dir: string;
  readonly #nodes: RedisNode[];
  readonly #sentinelPort: number;
  #sentinel: Child | null = null;

  private constructor(dir: string, nodes: RedisNode[], sentinelPort: number) {
    this.#dir = dir;
    this.#nodes = nodes;
    this.#sentinelPort = sentinelPort;
  }

  /** @param dir a lab's directory */
  static async start(dir: string): Promise<RedisPair> {
    const [first = 0, second = 0, sentinelPort = 0] = await freePorts(3);
    const nodes = [first, second].map((port) => ({
      port,
      file: join(dir, `redis-${port}`, 'redis.conf'),
      child: null,
    }));
    for (const { port, file } of nodes) {
      const own = join(dir, `redis-${port}`);
      await mkdir(own, { recursive: true });
      const lines = ['bind 127.0.0.1', `port ${port}`, `dir ${own}`, 'save ""', 'appendonly yes'];
      lines.push('repl-diskless-sync-delay 0', ...(port === second ? [`replicaof 127.0.0.1 ${first}`] : []));
      await writeFile(file, `${lines.join('\n')}\n`);
    }
    const sentinelFile = join(dir, 'sentinel.conf');
    const lines = ['bind 127.0.0.1', `port ${sentinelPort}`, `dir ${dir}`];
    lines.push(`sentinel monitor ${name} 127.0.0.1 ${first} 1`);
    lines.push(`sentinel down-after-milliseconds ${name} 2000`, `sentinel failover-timeout ${name} 6000`);
    await writeFile(sentinelFile, `${lines.join('\n')}\n`);
    const pair = new RedisPair(dir, nodes, sentinelPort);
    await pair.startAll();
    pair.#sentinel = new Child('sentinel', 'redis-server', [sentinelFile, '--sentinel'], {
      log: join(dir, 'log', 'sentinel.log'),
    });
    await pair.healed();
    return pair;
  }

  get url(): string {
    return `redis+sentinel://127.0.0.1:${this.#sentinelPort}/${name}`;
  }

  get children(): Child[] {
    return [this.#sentinel, ...this.#nodes.map(({ child }) => child)].filter((child) => child !== null);
  }

  /** Starts what does not run. */
  async startAll(): Promise<void> {
    for (const node of this.#nodes) {
      if (node.child?.running) continue;
      node.child = new Child(`redis-${node.port}`, 'redis-server', [node.file], {
        log: join(this.#dir, 'log', `redis-${node.port}.log`),
      });
    }
    for (const { port } of this.#nodes)
      await until('Redis to answer', 10_000, async () => ((await roleOf(port)) === null ? null : true));
  }

  signal(signal: NodeJS.Signals): void {
    for (const { child } of this.#nodes) child?.signal(signal);
  }

  async stopAll(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.signal(signal);
    await Promise.all(this.#nodes.map(({ child }) => child?.stop()));
  }

  /** Kills the node that is the master now; the Sentinel does the rest. */
  async killMaster(): Promise<void> {
    for (const { port, child } of this.#nodes) {
      if ((await roleOf(port)) !== 'master') continue;
      child?.signal('SIGKILL');
      await child?.ended;
      return;
    }
  }

  /** Resolves when the Sentinel knows one master that answers, and its replica follows it. */
  async healed(): Promise<void> {
    await until('Redis to have a master and a replica', 60_000, async () => {
      const roles = await Promise.all(this.#nodes.map(({ port }) => roleOf(port)));
      const sentinel = new Redis(this.#sentinelPort, '127.0.0.1', { lazyConnect: true }).on(
        'error',
        () => {},
      );
      try {
        const master = (await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)) as string[];
        const index = this.#nodes.findIndex(({ port }) => String(port) === master[1]);
        return roles[index] === 'master' && roles[1 - index] === 'slave' ? true : null;
      } catch {
        return null;
      } finally {
        sentinel.disconnect();
      }
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop(1000)));
  }
}

async function roleOf(port: number): Promise<string | null> {
  const redis = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    retryStrategy: null,
    commandTimeout: 500,
    connectTimeout: 500,
  }).on('error', () => {});
  try {
    const [role] = (await redis.role()) as unknown[];
    return String(role);
  } catch {
    return null;
  } finally {
    redis.disconnect();
  }
}
