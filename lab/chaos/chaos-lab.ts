import { execFile } from 'node:child_process';
import { access, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { TcpProxy } from '../../test/e2e/tcp-proxy.ts';
import { until } from '../child.ts';
import { gatehouseEntry } from '../gatehouse.ts';
import { Lab, shippedRules } from '../lab.ts';
import { expectedNumber } from './caller-kinds.ts';
import type { Outage } from './compare.ts';
import { ChaosFeed } from './feed.ts';
import { RedisPair } from './redis-pair.ts';
import { ChaosRules } from './rules.ts';
import type { FaultKind } from './schedule.ts';

const exec = promisify(execFile);

/** As deploy/gatehouse.service has it. */
const restartMs = 1000;
const operatorTalkMs = 2000;
/** As shipped. */
const watchdogSeconds = 44;
const diskSize = '48m';
const fakeTime = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`,
);

/** A lab whose every part can be broken: an ARI wire, a pair of Redis, a disk, rules, a feed and a clock of its own. */
export class ChaosLab {
  readonly lab: Lab;
  readonly wire: TcpProxy;
  readonly redis: RedisPair;
  readonly rules: ChaosRules;
  readonly feed: ChaosFeed;
  /** Faults this machine cannot have, and why. */
  readonly skipped: Partial<Record<FaultKind, string>>;
  /** When Asterisk was not there. */
  readonly outages: Outage[] = [];
  /** How often Gatehouse ended by itself. */
  ownEnds = 0;
  readonly #rulesDir: string;
  readonly #disk: string;
  #held = false;
  #isStopping = false;
  #supervision: Promise<void> = Promise.resolve();

  private constructor(
    parts: Pick<ChaosLab, 'lab' | 'wire' | 'redis' | 'rules' | 'feed' | 'skipped'>,
    rulesDir: string,
    disk: string,
  ) {
    this.lab = parts.lab;
    this.wire = parts.wire;
    this.redis = parts.redis;
    this.rules = parts.rules;
    this.feed = parts.feed;
    this.skipped = parts.skipped;
    this.#rulesDir = rulesDir;
    this.#disk = disk;
  }

  static async up(progress: (line: string) => void): Promise<ChaosLab> {
    // What was begun is ended again when a part fails, the last first.
    const undo: (() => Promise<unknown>)[] = [];
    try {
      const rulesDir = await mkdtemp(join(tmpdir(), 'gatehouse-chaos-rules-'));
      undo.push(() => rm(rulesDir, { recursive: true, force: true }));
      await cp(shippedRules, rulesDir, { recursive: true });
      const feed = await ChaosFeed.start();
      undo.push(() => feed.close());
      const rules = await ChaosRules.of(rulesDir, feed.url);
      const lab = await Lab.up({
        rules: rulesDir,
        gatehouse: false,
        operatorTalkMs,
        watchdogSeconds,
        editAsterisk: halvesOfRtp(),
        progress,
      });
      undo.push(() => lab.down({ keep: true }));
      const wire = await TcpProxy.to(lab.asterisk.plan.httpPort);
      undo.push(() => wire.close());
      const redis = await RedisPair.start(lab.dir);
      undo.push(() => redis.stop());
      const skipped: ChaosLab['skipped'] = {};
      const disk = await mkdtemp(join(tmpdir(), 'gatehouse-chaos-disk-'));
      await mountDisk(disk).catch((error: Error) => {
        skipped['disk-full'] = `no tmpfs can be mounted: ${error.message.split('\n')[0]}`;
      });
      undo.push(() => removeDisk(disk));
      const { env } = lab.gatehouse.plan;
      Object.assign(env, {
        GATEHOUSE_ARI_URL: `http://127.0.0.1:${wire.port}`,
        GATEHOUSE_REDIS_URL: redis.url,
        GATEHOUSE_DATA: disk,
      });
      const clock = await firstThere(fakeTime);
      if (clock === null) skipped['clock-jumped'] = 'libfaketime is not installed';
      else
        Object.assign(env, {
          LD_PRELOAD: clock,
          FAKETIME_TIMESTAMP_FILE: clockFile(lab.dir),
          FAKETIME_CACHE_DURATION: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
          FAKETIME_DONT_RESET: '1',
        });
      await writeFile(clockFile(lab.dir), '+0');
      const chaos = new ChaosLab({ lab, wire, redis, rules, feed, skipped }, rulesDir, disk);
      await chaos.#expectCall();
      progress('Gatehouse …');
      await lab.gatehouse.start();
      chaos.#supervision = chaos.#supervise();
      return chaos;
    } catch (error) {
      for (const one of undo.reverse()) await one().catch(() => {});
      throw error;
    }
  }

  /** Kills Gatehouse; it stays away until `startAgain`. */
  async killGatehouse(): Promise<void> {
    this.#held = true;
    this.lab.gatehouse.child.signal('SIGKILL');
    await this.lab.gatehouse.child.ended;
  }

  startAgain(): void {
    this.#held = false;
  }

  async stopAsterisk(gently: boolean): Promise<void> {
    const { asterisk } = this.lab;
    this.outages.push({ from: Date.now(), to: Number.POSITIVE_INFINITY });
    if (gently) await asterisk.stop();
    else {
      asterisk.child.signal('SIGKILL');
      await asterisk.child.ended;
    }
  }

  async startAsterisk(): Promise<void> {
    await this.lab.asterisk.start();
    await this.lab.record();
    const outage = this.outages.pop();
    if (outage !== undefined) this.outages.push({ ...outage, to: Date.now() });
  }

  /** Takes all room on Gatehouse's disk. */
  async fillDisk(): Promise<void> {
    const ballast = join(this.#disk, 'ballast');
    await exec('sh', ['-c', 'cat /dev/zero > "$1" 2>/dev/null || true', 'sh', ballast], { timeout: 20_000 });
  }

  async freeDisk(): Promise<void> {
    await rm(join(this.#disk, 'ballast'), { force: true });
  }

  /** @param byMs how far the wall clock of Gatehouse is off; timers go on as before */
  async setClock(byMs: number): Promise<void> {
    await writeFile(clockFile(this.lab.dir), `${byMs < 0 ? '-' : '+'}${Math.abs(byMs) / 1000}`);
  }

  /** Waits until Gatehouse takes calls and has nothing left to record; says after `timeoutMs` what it still waits for. */
  async settled(timeoutMs: number): Promise<string | null> {
    const deadline = Date.now() + timeoutMs;
    let last = 'nothing was seen';
    while (Date.now() < deadline) {
      last = await this.#unsettled();
      if (last === '') return null;
      await sleep(250);
    }
    return last;
  }

  async #unsettled(): Promise<string> {
    const { gatehouse } = this.lab;
    if (!(await gatehouse.ready())) return 'Gatehouse is not ready';
    const reply = await fetch(`${gatehouse.url}/healthz`, { signal: AbortSignal.timeout(1000) }).catch(
      () => null,
    );
    if (reply === null) return '/healthz does not answer';
    const { backlog, liveCalls } = (await reply.json()) as { backlog: number; liveCalls: number };
    return backlog === 0 && liveCalls === 0 ? '' : `${backlog} outcomes and ${liveCalls} calls are left`;
  }

  /** Where logs and what SIPp wrote are found after `down(true)`. */
  get keptDir(): string {
    return join(dirname(dirname(this.lab.dir)), `gatehouse-chaos-${process.pid}`);
  }

  log(): Promise<string> {
    return readFile(join(this.lab.dir, 'log', 'gatehouse.log'), 'utf8').catch(() => '');
  }

  async down(keep: boolean): Promise<void> {
    this.#isStopping = true;
    this.startAgain();
    await this.#supervision;
    await this.lab.gatehouse.stop().catch(() => {});
    await this.redis.stop();
    await this.wire.close();
    await this.feed.close();
    if (keep) await cp(this.#disk, join(this.lab.dir, 'gatehouse-data'), { recursive: true }).catch(() => {});
    await removeDisk(this.#disk);
    await this.lab.down({ keep });
    // The next lab would clean up after this one.
    if (keep) await rename(this.lab.dir, this.keptDir);
    await rm(this.#rulesDir, { recursive: true, force: true });
  }

  /** As a service manager would. */
  async #supervise(): Promise<void> {
    const { gatehouse } = this.lab;
    const stopped = (): boolean => this.#isStopping;
    while (!stopped()) {
      const ended = await Promise.race([gatehouse.child.ended.then(() => true), sleep(200, false)]);
      if (!ended || stopped()) continue;
      if (!this.#held) this.ownEnds++;
      while (this.#held && !stopped()) await sleep(20);
      await sleep(restartMs);
      if (stopped()) return;
      await gatehouse.launch();
      await this.lab.record();
    }
  }

  async #expectCall(): Promise<void> {
    const { lab } = this;
    const env = { ...lab.gatehouse.environment };
    const words = ['expect', expectedNumber, '--until', '8h', '--reason', 'chaos', '--rules', this.rules.dir];
    await until('the expected call to be noted', 20_000, () =>
      exec(process.execPath, [gatehouseEntry, ...words], { env, timeout: 15_000 }).then(
        () => true as const,
        () => null,
      ),
    );
  }
}

function clockFile(dir: string): string {
  return join(dir, 'clock');
}

/** Not below the lab's directory: whoever cleans that up after us could not. */
async function mountDisk(disk: string): Promise<void> {
  await exec('mount', ['-t', 'tmpfs', '-o', `size=${diskSize}`, 'tmpfs', disk], { timeout: 5000 });
}

/** A process that is still ending may use it. */
async function removeDisk(disk: string): Promise<void> {
  await exec('umount', ['--lazy', disk]).catch(() => {});
  await rm(disk, { recursive: true, force: true });
}

async function firstThere(files: readonly string[]): Promise<string | null> {
  for (const file of files) {
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return null;
}

/**
 * Each start of Asterisk takes the other half of its RTP ports. A caller whose Asterisk died presses on, and on the same
 * port its successor would hear it as the key press of another caller.
 */
export function halvesOfRtp(): (etc: string) => Promise<void> {
  let starts = 0;
  return async (etc) => {
    const file = join(etc, 'rtp.conf');
    const text = await readFile(file, 'utf8');
    const port = (name: string) => Number(new RegExp(`^rtp${name} = (\\d+)$`, 'm').exec(text)?.[1]);
    const middle = (port('start') + port('end') + 1) / 2;
    const [start, end] = starts++ % 2 === 0 ? [port('start'), middle - 1] : [middle, port('end')];
    await writeFile(file, `[general]\nrtpstart = ${start}\nrtpend = ${end}\n`);
  };
}
