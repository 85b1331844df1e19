import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { freePorts } from '../../lab/free-ports.ts';
import { LabGatehouse } from '../../lab/gatehouse.ts';
import { Lab } from '../../lab/lab.ts';

/** Starts it again whenever it ends, as `restart: unless-stopped` and `Restart=always` do. */
class Supervised {
  readonly gatehouse: LabGatehouse;
  starts = 0;
  #stopping = false;
  readonly #over: Promise<void>;

  constructor(gatehouse: LabGatehouse) {
    this.gatehouse = gatehouse;
    this.#over = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.gatehouse.launch();
      this.starts++;
      await this.gatehouse.child.ended;
      await sleep(500);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.gatehouse.stop();
    await this.#over;
  }

  async log(): Promise<string> {
    return readFile(join(this.gatehouse.plan.dir, 'log', 'gatehouse.log'), 'utf8').catch(() => '');
  }

  /** How often it got the app. */
  async took(): Promise<number> {
    return ((await this.log()).match(/ARI event socket open/g) ?? []).length;
  }
}

describe('two Gatehouses on one Asterisk, each started again whenever it ends', () => {
  let lab: Lab;
  let first: Supervised;
  let second: Supervised;
  const both = () => [first, second];
  const ready = async () => {
    const answers = await Promise.all(both().map(({ gatehouse }) => gatehouse.ready()));
    return both().filter((_, at) => answers[at]);
  };
  const oneIsReady = () =>
    until('exactly one to be ready', 30_000, async () => {
      const [only, ...more] = await ready();
      return only !== undefined && more.length === 0 ? only : null;
    });
  const call = async () => {
    const caller = await lab.ring({ from: numbers.customer, to: switchboard, steps: [{ hold: 500 }] });
    await lab.arrived([caller.callId()], 8000);
    await caller.finished();
  };

  beforeAll(async () => {
    lab = await Lab.up({ gatehouse: false });
    const { plan } = lab.gatehouse;
    const dir = join(lab.dir, 'second');
    await mkdir(join(dir, 'log'), { recursive: true });
    const [httpPort = 0] = await freePorts(1);
    const env = {
      GATEHOUSE_NODE: 'second',
      GATEHOUSE_SPOOL: join(plan.dir, 'spool', 'gatehouse'),
      GATEHOUSE_PROMPT_MEDIA: `sound:${join(plan.dir, 'prompts')}`,
    };
    first = new Supervised(lab.gatehouse);
    await until('the first', 60_000, async () => (await lab.gatehouse.ready()) || null);
    second = new Supervised(new LabGatehouse({ ...plan, dir, httpPort, env }));
  });
  afterAll(async () => {
    await Promise.all([first?.stop(), second?.stop()]);
    await lab?.down();
  });

  it('one screens, the other waits and says what to do', async () => {
    await until('the second to wait', 20_000, async () =>
      (await second.log()).includes('Another Gatehouse has this Stasis app') ? true : null,
    );
    // Longer than a beat may be old, and than an owner is given who is silent.
    await sleep(12_000);
    expect(await oneIsReady()).toBe(first);
    await call();
    expect([await first.took(), await second.took()]).toEqual([1, 0]);
    expect([first.starts, second.starts]).toEqual([1, 1]);
    expect(await second.log()).toContain('GATEHOUSE_APP');
  });

  it('when the one is killed the other takes over, and keeps it when the killed one is back', async () => {
    first.gatehouse.child.signal('SIGKILL');
    await until('the second to screen', 15_000, async () => (await second.gatehouse.ready()) || null);
    await call();
    await until('the first to wait', 20_000, async () =>
      first.starts === 2 && (await first.log()).includes('Another Gatehouse has this Stasis app')
        ? true
        : null,
    );
    await sleep(6000);
    expect(await oneIsReady()).toBe(second);
    expect([await first.took(), await second.took()]).toEqual([1, 1]);
  });

  it('a frozen one loses it; going on, it comes back as the one that waits', async () => {
    second.gatehouse.child.signal('SIGSTOP');
    await until('the first to screen', 30_000, async () => (await first.gatehouse.ready()) || null);
    await call();
    second.gatehouse.child.signal('SIGCONT');
    await sleep(10_000);
    await oneIsReady();
    const took = [await first.took(), await second.took()];
    await sleep(8000);
    await oneIsReady();
    expect([await first.took(), await second.took()]).toEqual(took);
    expect(took[0] ?? 9).toBeLessThanOrEqual(3);
  });

  it('a stranger takes it by force: it is not taken back at once, and screening goes on when the stranger is gone', async () => {
    const { url, username, password, app } = lab.contract.ari;
    const socket = new WebSocket(
      `${url.replace('http', 'ws')}/ari/events?app=${app}&api_key=${username}:${password}`,
    );
    socket.on('error', () => {});
    await new Promise((open) => socket.once('open', open));
    await until('nobody to screen', 10_000, async () => (await ready()).length === 0 || null);
    socket.terminate();
    await oneIsReady();
    await call();
  });
});

describe('two Gatehouses with one data directory', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up();
  });
  afterAll(async () => {
    await lab?.down();
  });

  it('the second waits and says so; it starts when the first has ended', async () => {
    const [httpPort = 0] = await freePorts(1);
    const second = new LabGatehouse({ ...lab.gatehouse.plan, httpPort });
    await second.launch();
    const log = () => readFile(join(lab.dir, 'log', 'gatehouse.log'), 'utf8');
    await until('the second to wait', 15_000, async () =>
      (await log()).includes('Another Gatehouse runs on this data directory') ? true : null,
    );
    expect(await lab.gatehouse.ready()).toBe(true);
    lab.gatehouse.child.signal('SIGKILL');
    await until('the second to screen', 10_000, async () => (await second.ready()) || null);
    await second.stop();
  });
});
