import { readdir, readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { LabGatehouse } from '../../lab/gatehouse.ts';
import { Lab } from '../../lab/lab.ts';
import { outcomesOf } from './outcomes.ts';

const openFiles = 256;
const calls = 60;

/** What a peer may begin and never end. */
const halves = [
  '',
  'GET / HTTP/1.1\r\nHost: ',
  'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Rest: ',
  `POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\ntoken=`,
];

/** Ten connections every 10 ms, none of which the peer ends. */
class Flood {
  attempts = 0;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;

  constructor(port: number) {
    this.#port = port;
    this.#timer = setInterval(() => {
      for (let i = 0; i < 10; i++) this.#open();
    }, 10);
  }

  #open(): void {
    if (this.#sockets.size >= 3000) return;
    const text = halves[this.attempts++ % halves.length] ?? '';
    const socket = connect(this.#port, '127.0.0.1', () => socket.write(text));
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    socket.resume();
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }
}

describe('the first law: the web server is flooded, and descriptors are few', () => {
  let lab: Lab;
  let gatehouse: LabGatehouse;
  beforeAll(async () => {
    lab = await Lab.up({ gatehouse: false });
    const { plan } = lab.gatehouse;
    gatehouse = new LabGatehouse({ ...plan, startedBy: ['prlimit', `--nofile=${openFiles}:${openFiles}`] });
    await gatehouse.start();
  });
  afterAll(async () => {
    await gatehouse?.stop();
    await lab?.down();
  });

  it('every call gets its way out by its verdict; probes and metrics answer', async () => {
    const flood = new Flood(gatehouse.plan.httpPort);
    // A busy machine accepts more than 128 connections before it reads what the first of them asks, and ends that one: who
    // watches asks again.
    const status = async (path: string, tries = 3): Promise<unknown> => {
      try {
        const init = { headers: { connection: 'close' }, signal: AbortSignal.timeout(30_000) };
        const answer = await fetch(gatehouse.url + path, init);
        await answer.arrayBuffer();
        return answer.status;
      } catch (error) {
        if (tries > 1) return status(path, tries - 1);
        return `${path}: ${String(error)} ${String((error as Error).cause)}`;
      }
    };
    try {
      await until('the flood to rise', 20_000, () => flood.attempts > 1000 || null);
      const caller = await lab.ring(
        { from: numbers.customer, to: switchboard, steps: [{ hold: 300 }] },
        { calls, rate: 10 },
      );
      const asked: unknown[] = [];
      let most = 0;
      const finished = caller.finished();
      let isOver = false;
      void finished.then(() => {
        isOver = true;
      });
      while (!isOver || asked.length < 12) {
        for (const path of ['/healthz', '/readyz', '/metrics']) asked.push(await status(path));
        most = Math.max(most, (await readdir(`/proc/${gatehouse.child.pid}/fd`)).length);
        await sleep(200);
      }
      const result = await finished;
      await until('5,000 attempts', 60_000, () => flood.attempts > 5000 || null);
      expect([...result.calls.values()]).toEqual(Array(calls).fill(['answered', 'hung-up']));
      expect(new Set(asked)).toEqual(new Set([200]));
      expect(most).toBeLessThan(openFiles);
      const ids = caller.callIds(calls);
      const outcomes = await outcomesOf(lab, ids, 30_000);
      const ends = ids.map((id) => (outcomes.get(id) ?? []).map(({ bypass, exit }) => [bypass, exit.kind]));
      expect(ends).toEqual(Array(calls).fill([[null, 'connect']]));
    } finally {
      flood.stop();
    }
    const log = await readFile(join(lab.dir, 'log', 'gatehouse.log'), 'utf8');
    expect(log).not.toMatch(/EMFILE|ncaught/);
    expect(log).toContain('Fewer web connections than configured');
    // One line a minute, however many connections there are.
    expect(log.match(/Too many web connections/g)?.length).toBeLessThanOrEqual(2);
  });
});
