import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Child, until } from './child.ts';

export interface GatehousePlan {
  readonly dir: string;
  readonly rules: string;
  readonly ariUrl: string;
  readonly ariPassword: string;
  readonly redisUrl: string;
  readonly httpPort: number;
  readonly env: Record<string, string>;
  /** The program that is started with `serve`; the fault runs give one that misbehaves. */
  readonly entry: string;
  /** Program and arguments that it is started by, as `prlimit --nofile=256`. */
  readonly startedBy?: readonly string[];
}

export const gatehouseEntry = join(import.meta.dirname, '..', 'src', 'cli', 'gatehouse.ts');

/** `gatehouse serve` as a process of its own, so that it can be killed. */
export class LabGatehouse {
  readonly plan: GatehousePlan;
  #child: Child | null = null;

  constructor(plan: GatehousePlan) {
    this.plan = plan;
  }

  get url(): string {
    return `http://127.0.0.1:${this.plan.httpPort}`;
  }

  get child(): Child {
    if (this.#child === null) throw new Error('this lab Gatehouse is not started');
    return this.#child;
  }

  get environment(): NodeJS.ProcessEnv {
    const { plan } = this;
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GATEHOUSE_'));
    return {
      ...Object.fromEntries(inherited),
      GATEHOUSE_ARI_URL: plan.ariUrl,
      GATEHOUSE_ARI_USER: 'gatehouse',
      GATEHOUSE_ARI_PASSWORD: plan.ariPassword,
      GATEHOUSE_REDIS_URL: plan.redisUrl,
      GATEHOUSE_RULES: plan.rules,
      GATEHOUSE_DATA: join(plan.dir, 'gatehouse'),
      GATEHOUSE_SPOOL: join(plan.dir, 'spool', 'gatehouse'),
      GATEHOUSE_PROMPT_MEDIA: `sound:${join(plan.dir, 'prompts')}`,
      GATEHOUSE_NODE: 'lab',
      // Tests count what Asterisk and Gatehouse do.
      GATEHOUSE_CANARY: 'off',
      GATEHOUSE_HTTP: `127.0.0.1:${plan.httpPort}`,
      ...plan.env,
    };
  }

  /** Starts the process without waiting for it to take calls. */
  async launch(): Promise<void> {
    await mkdir(join(this.plan.dir, 'gatehouse'), { recursive: true, mode: 0o700 });
    const { startedBy = [], entry } = this.plan;
    const [program = '', ...args] = [...startedBy, process.execPath, entry, 'serve'];
    this.#child = new Child('gatehouse', program, args, {
      log: join(this.plan.dir, 'log', 'gatehouse.log'),
      env: this.environment,
    });
  }

  /** Starts it and resolves when it takes calls. */
  async start(): Promise<void> {
    await this.launch();
    await until('Gatehouse to take calls', 60_000, async () => {
      if (!this.child.running)
        throw new Error(`Gatehouse ended at start; see ${this.plan.dir}/log/gatehouse.log`);
      return (await this.ready()) ? true : null;
    });
  }

  async ready(): Promise<boolean> {
    return fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(1000) }).then(
      (reply) => reply.ok,
      () => false,
    );
  }

  async stop(): Promise<void> {
    await this.#child?.stop(25_000);
  }
}
