import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Arrival, readArrivals } from './arrivals.ts';
import { LabAsterisk } from './asterisk.ts';
import { type CallerOptions, LabCaller } from './caller.ts';
import type { CallerScript } from './caller-scenario.ts';
import { type Child, recordProcess, until } from './child.ts';
import { freePorts } from './free-ports.ts';
import { gatehouseEntry, LabGatehouse } from './gatehouse.ts';
import { LabOperators } from './operators.ts';
import { startTicks } from './process-identity.ts';
import { renderLabPrompts } from './prompts.ts';
import { LabRedis } from './redis.ts';
import { ensureSetup } from './setup/ensure-setup.ts';
import type { Progress } from './setup/run-logged.ts';
import { type LabRecord, type Slot, takeSlot, writeRecord } from './slot.ts';

export interface LabOptions {
  /** Rules directory; the shipped rules by default. */
  readonly rules?: string;
  readonly progress?: Progress;
  readonly owner?: LabRecord['owner'];
  /** Seconds of the dialplan's watchdog. */
  readonly watchdogSeconds?: number;
  /** Changes Asterisk's configuration before each start; `etc` is its directory. */
  readonly editAsterisk?: (etc: string) => Promise<void>;
  /** False: Asterisk as it was before Gatehouse was installed. */
  readonly installed?: boolean;
  /** Further settings of Gatehouse. */
  readonly env?: Readonly<Record<string, string>>;
  /** Program in place of src/cli/gatehouse.ts. */
  readonly gatehouseEntry?: string;
  /** The operators hang up after so long; when left out they talk as long as the caller does. */
  readonly operatorTalkMs?: number;
  /** False leaves Gatehouse unstarted. */
  readonly gatehouse?: boolean;
}

/** What `lab up` prints. */
export interface LabContract {
  /** host:port; an INVITE to any number there arrives on the carrier trunk. */
  readonly sip: string;
  readonly ari: {
    readonly url: string;
    readonly username: string;
    readonly password: string;
    readonly app: string;
  };
  readonly redis: string;
  /** Base URL of Gatehouse's own HTTP server. */
  readonly report: string;
  readonly dir: string;
  readonly logs: string;
  readonly rules: string;
  readonly pids: Readonly<Record<string, number>>;
}

export const shippedRules = join(import.meta.dirname, '..', 'rules');

/** A real Asterisk, Redis, operators and Gatehouse, each a process of its own, in a directory of their own. */
export class Lab {
  readonly dir: string;
  readonly rules: string;
  readonly asterisk: LabAsterisk;
  readonly redis: LabRedis;
  readonly operators: LabOperators;
  readonly gatehouse: LabGatehouse;
  readonly #slot: Slot;
  readonly #owner: LabRecord['owner'];
  readonly #startedAt = Date.now();
  #stopping: Promise<void> | null = null;
  #isUp = false;
  #recorded: Promise<void> = Promise.resolve();

  private constructor(
    slot: Slot,
    parts: Pick<Lab, 'rules' | 'asterisk' | 'redis' | 'operators' | 'gatehouse'>,
    owner: LabRecord['owner'],
  ) {
    this.#slot = slot;
    this.#owner = owner;
    this.dir = slot.dir;
    this.rules = parts.rules;
    this.asterisk = parts.asterisk;
    this.redis = parts.redis;
    this.operators = parts.operators;
    this.gatehouse = parts.gatehouse;
  }

  /** Starts everything; resolves when calls can be taken. What was started is stopped again when a part fails. */
  static async up(options: LabOptions = {}): Promise<Lab> {
    // Somebody who did not ask for free ports may have taken one before its part does.
    for (let attempt = 1; ; attempt++) {
      try {
        return await Lab.#tryUp(options);
      } catch (error) {
        if (attempt === 2) throw error;
        options.progress?.(`once more with other ports: ${(error as Error).message}`);
      }
    }
  }

  static async #tryUp(options: LabOptions): Promise<Lab> {
    const progress = options.progress ?? (() => {});
    const home = await ensureSetup(progress);
    const slot = await takeSlot();
    const [sipPort = 0, httpPort = 0, operatorsPort = 0, redisPort = 0, reportPort = 0] = await freePorts(5);
    const { dir } = slot;
    await chmod(dir, 0o755);
    const ariPassword = randomBytes(12).toString('hex');
    const operatorRtp = slot.rtpEnd - 499;
    const rules = resolve(options.rules ?? shippedRules);
    const watchdogSeconds = options.watchdogSeconds ?? 60;
    const ports = { sipPort, httpPort, operatorsPort, rtpStart: slot.rtpStart, rtpEnd: operatorRtp - 1 };
    const asterisk = new LabAsterisk(home, {
      dir,
      ...ports,
      ariPassword,
      watchdogSeconds,
      installed: options.installed ?? true,
      edit: options.editAsterisk ?? null,
    });
    const redis = new LabRedis(dir, redisPort);
    const operators = new LabOperators(dir, operatorsPort, options.operatorTalkMs ?? null);
    const ariUrl = `http://127.0.0.1:${httpPort}`;
    const gatehouse = new LabGatehouse({
      dir,
      rules,
      ariUrl,
      ariPassword,
      redisUrl: redis.url,
      httpPort: reportPort,
      env: { ...options.env },
      entry: options.gatehouseEntry ?? gatehouseEntry,
    });
    const lab = new Lab(slot, { rules, asterisk, redis, operators, gatehouse }, options.owner ?? 'program');
    let noting: NodeJS.Timeout | undefined;
    try {
      await mkdir(join(dir, 'log'), { recursive: true });
      progress('Redis, Asterisk and the operators …');
      // Whoever finds this lab dead, even half started, must know what to end.
      noting = setInterval(() => void lab.record().catch(() => {}), 100);
      await Promise.all([
        redis.start(),
        asterisk.start(),
        operators.start(operatorRtp),
        renderLabPrompts(rules, dir),
      ]);
      if (options.gatehouse !== false) {
        progress('Gatehouse …');
        await gatehouse.start();
      }
      clearInterval(noting);
      lab.#isUp = true;
      await lab.record();
      return lab;
    } catch (error) {
      clearInterval(noting);
      await lab.record().catch(() => {});
      await lab.down({ keep: true });
      throw error;
    }
  }

  get sip(): string {
    return `127.0.0.1:${this.asterisk.plan.sipPort}`;
  }

  get contract(): LabContract {
    const { gatehouse } = this;
    return {
      sip: this.sip,
      ari: {
        url: gatehouse.plan.ariUrl,
        username: 'gatehouse',
        password: gatehouse.plan.ariPassword,
        app: 'gatehouse',
      },
      redis: this.redis.url,
      report: gatehouse.url,
      dir: this.dir,
      logs: join(this.dir, 'log'),
      rules: this.rules,
      pids: Object.fromEntries(this.#children().map((child) => [child.name, child.pid])),
    };
  }

  ring(script: CallerScript, options: Partial<CallerOptions> = {}): Promise<LabCaller> {
    return LabCaller.ring(script, { sip: this.sip, dir: join(this.dir, 'callers'), ...options });
  }

  arrivals(): Promise<Arrival[]> {
    return readArrivals(this.dir);
  }

  /** Waits until each of these calls reached an exit; their arrivals, in that order. Rejects after `timeoutMs`. */
  arrived(callIds: readonly string[], timeoutMs: number): Promise<Arrival[]> {
    return until(
      `${callIds.length} calls to arrive`,
      timeoutMs,
      async () => {
        const arrivals = (await this.arrivals()).filter(({ callId }) => callIds.includes(callId));
        return new Set(arrivals.map(({ callId }) => callId)).size === callIds.length ? arrivals : null;
      },
      100,
    );
  }

  /** Writes down which processes are ours, for whoever cleans up after us. Call it after a part was restarted. */
  record(): Promise<void> {
    this.#recorded = this.#recorded.catch(() => {}).then(() => this.#writeRecord());
    return this.#recorded;
  }

  async #writeRecord(): Promise<void> {
    const started = startTicks(process.pid) ?? '';
    await writeRecord(this.dir, {
      supervisor: { name: 'supervisor', pid: process.pid, started },
      processes: this.#children().flatMap((child) => recordProcess(child.name, child.pid) ?? []),
      owner: this.#owner,
      startedAt: this.#startedAt,
      contract: this.#isUp ? { ...this.contract } : null,
    });
  }

  /** Stops everything and removes the directory, unless `keep` asks for the logs. */
  down(options: { readonly keep?: boolean } = {}): Promise<void> {
    this.#stopping ??= this.#stop(options.keep ?? false);
    return this.#stopping;
  }

  async #stop(keep: boolean): Promise<void> {
    const parts = [this.gatehouse, this.operators, this.asterisk, this.redis];
    await this.gatehouse.stop().catch(() => {});
    await Promise.allSettled(parts.map((part) => part.stop()));
    if (!keep) await rm(this.#slot.dir, { recursive: true, force: true });
  }

  #children(): Child[] {
    return [this.asterisk, this.redis, this.operators, this.gatehouse].flatMap((part) => {
      try {
        return part.child.running ? [part.child] : [];
      } catch {
        return [];
      }
    });
  }
}
