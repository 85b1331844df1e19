import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Child, until } from './child.ts';

/** A real Redis with an append-only file, so that a stop and a start lose nothing. */
export class LabRedis {
  readonly #dir: string;
  readonly port: number;
  #child: Child | null = null;

  constructor(dir: string, port: number) {
    this.#dir = dir;
    this.port = port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get child(): Child {
    if (this.#child === null) throw new Error('this lab Redis is not started');
    return this.#child;
  }

  async start(): Promise<void> {
    const dir = join(this.#dir, 'redis');
    await mkdir(dir, { recursive: true });
    const settings = [
      '--bind',
      '127.0.0.1',
      '--port',
      String(this.port),
      '--dir',
      dir,
      '--save',
      '',
      '--appendonly',
      'yes',
    ];
    this.#child = new Child('redis', 'redis-server', settings, { log: join(this.#dir, 'log', 'redis.log') });
    await until('Redis to answer', 10_000, () => {
      if (!this.child.running) throw new Error(`Redis ended at start; see ${this.#dir}/log/redis.log`);
      return this.#answers();
    });
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  #answers(): Promise<true | null> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write('PING\r\n'));
      socket.setTimeout(500, () => socket.destroy());
      socket.once('data', (data) => {
        socket.destroy();
        resolve(data.toString().startsWith('+PONG') ? true : null);
      });
      socket.once('error', () => resolve(null));
      socket.once('close', () => resolve(null));
    });
  }
}
