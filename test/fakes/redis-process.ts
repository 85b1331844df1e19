import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, releasePorts } from '../../lab/free-ports.ts';

/** Those whose folders are still there, for a test process that ends before its tests do. */
const running = new Set<RedisProcess>();
process.once('exit', () => {
  for (const redis of running) redis.freeNow();
});

/** A real redis-server of one's own, on a free loopback port, that can be stopped, started again and frozen. */
export class RedisProcess {
  readonly port: number;
  readonly #folder: string;
  readonly #settings: readonly string[];
  #child: ChildProcess | null = null;
  #admin: Redis | null = null;

  private constructor(port: number, settings: readonly string[]) {
    this.port = port;
    this.#settings = settings;
    this.#folder = mkdtempSync(join(tmpdir(), 'gatehouse-redis-'));
    running.add(this);
  }

  /**
   * `keepsData`: what was acknowledged is there after `stop` and `start` (append-only file, synced at every write).
   * `isCluster`: a Redis Cluster of this one node. `settings`: further ones, as arguments of redis-server.
   */
  static async start({
    keepsData = false,
    isCluster = false,
    settings = [],
  }: {
    keepsData?: boolean;
    isCluster?: boolean;
    settings?: readonly string[];
  } = {}): Promise<RedisProcess> {
    const persistence = keepsData
      ? ['--appendonly', 'yes', '--appendfsync', 'always']
      : ['--appendonly', 'no'];
    // The cluster bus would listen on port + 10000, which need not be free, nor a port.
    const busPort = isCluster ? await freePort() : 0;
    const cluster = isCluster ? ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)] : [];
    const redis = new RedisProcess(await freePort(), [...persistence, ...cluster, ...settings]);
    try {
      await redis.start();
      if (isCluster) await redis.#takeAllSlots();
      return redis;
    } catch (error) {
      await redis.remove();
      throw error;
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A plain connection for looking at what is there. Closed by `stop`. */
  get admin(): Redis {
    this.#admin ??= new Redis(this.port, '127.0.0.1').on('error', () => {});
    return this.#admin;
  }

  async start(): Promise<void> {
    const settings = ['--save', '', '--bind', '127.0.0.1', '--dir', this.#folder, ...this.#settings];
    const child = spawn('redis-server', ['--port', String(this.port), ...settings], { stdio: 'ignore' });
    this.#child = child;
    const failed = once(child, 'exit').then(() => Promise.reject(new Error('redis-server did not start')));
    await Promise.race([this.admin.ping(), failed]);
    failed.catch(() => {});
  }

  async #takeAllSlots(): Promise<void> {
    await this.admin.cluster('ADDSLOTSRANGE', 0, 16383);
    const deadline = Date.now() + 10_000;
    while (!String(await this.admin.cluster('INFO')).includes('cluster_state:ok')) {
      if (Date.now() > deadline) throw new Error('redis-server does not become a cluster');
      await setTimeout(50);
    }
  }

  /** Its own files that hold one of these words. */
  filesHolding(words: readonly string[]): string[] {
    const files = readdirSync(this.#folder, { recursive: true, withFileTypes: true });
    return files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .filter((path) => {
        const bytes = readFileSync(path);
        return words.some((word) => bytes.includes(word));
      });
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** For the end of a process that cannot wait. */
  freeNow(): void {
    this.#child?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    this.#admin?.disconnect();
    this.#admin = null;
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await gone;
  }

  /** Stops it and removes its data. */
  async remove(): Promise<void> {
    await this.stop();
    running.delete(this);
    releasePorts([this.port]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
