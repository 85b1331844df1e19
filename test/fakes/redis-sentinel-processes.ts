import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../lab/free-ports.ts';
import { eventually } from './redis-cluster-processes.ts';
import { RedisProcess } from './redis-process.ts';

const name = 'switchboard';
const sentinels = 3;

/** A real master with a replica, and three Sentinels that let it take over within two seconds or so. */
export class RedisSentinelProcesses {
  readonly master: RedisProcess;
  readonly replica: RedisProcess;
  readonly #ports: number[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'gatehouse-sentinel-'));

  private constructor(master: RedisProcess, replica: RedisProcess) {
    this.master = master;
    this.replica = replica;
  }

  static async start(): Promise<RedisSentinelProcesses> {
    const quick = ['--repl-diskless-sync-delay', '0'];
    const master = await RedisProcess.start({ settings: quick });
    const settings = [...quick, '--replicaof', '127.0.0.1', String(master.port)];
    const all = new RedisSentinelProcesses(master, await RedisProcess.start({ settings }));
    try {
      for (let one = 0; one < sentinels; one++) await all.#startSentinel(one);
      await all.#knowEachOther();
      return all;
    } catch (error) {
      await all.remove();
      throw error;
    }
  }

  get url(): string {
    return `redis+sentinel://${this.#ports.map((port) => `127.0.0.1:${port}`).join(',')}/${name}`;
  }

  async failedOver(): Promise<void> {
    await eventually('the replica to take over', async () =>
      String(await this.replica.admin.role()).startsWith('master'),
    );
  }

  /** The replica gets no more of what its master takes. Sentinels mend that after some seconds. */
  async cutReplication(): Promise<void> {
    await this.replica.admin.config('SET', 'masterauth', 'not the password');
    await this.master.admin.config('SET', 'requirepass', 'the password');
    await this.master.admin.call('CLIENT', 'KILL', 'TYPE', 'replica');
  }

  async remove(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await Promise.all([this.master.remove(), this.replica.remove()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #startSentinel(number: number): Promise<void> {
    const port = await freePort();
    const file = join(this.#folder, `sentinel-${number}.conf`);
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${this.#folder}`,
      `sentinel monitor ${name} 127.0.0.1 ${this.master.port} 2`,
      `sentinel down-after-milliseconds ${name} 1000`,
      `sentinel failover-timeout ${name} 6000`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    this.#children.push(spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' }));
    this.#ports.push(port);
  }

  async #knowEachOther(): Promise<void> {
    for (const port of this.#ports) {
      const sentinel = new Redis(port, '127.0.0.1').on('error', () => {});
      try {
        await eventually('the Sentinels to know each other', async () => {
          const others = (await sentinel.call('SENTINEL', 'SENTINELS', name)) as unknown[];
          const replicas = (await sentinel.call('SENTINEL', 'REPLICAS', name)) as string[][];
          const isUp = replicas.some((replica) => replica.includes('ok'));
          return others.length === sentinels - 1 && replicas.length === 1 && isUp;
        });
      } finally {
        sentinel.disconnect();
      }
    }
  }
}
