import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../lab/free-ports.ts';
import { type Gatehouse, startGatehouse } from '../../../src/app.ts';
import { readSettings, type Settings } from '../../../src/config/settings.ts';
import { Tokens } from '../../../src/report/access/tokens.ts';
import { FakeAsterisk } from '../../fakes/fake-asterisk.ts';
import { RecordingLog } from '../../fakes/recording-log.ts';

/** The real application with every part that `gatehouse serve` joins; Asterisk is a fake, and Redis is away. */
export class RunningGatehouse {
  readonly dir = mkdtempSync(join(tmpdir(), 'gatehouse-app-'));
  readonly log = Object.assign(new RecordingLog(), { debug() {} });
  readonly tokens = new Tokens(join(this.dir, 'data'));
  #asterisk: FakeAsterisk | null = null;
  #settings: Settings | null = null;
  app!: Gatehouse; // Set by start.
  url = '';

  async start(env: Record<string, string> = {}): Promise<this> {
    this.#asterisk = await FakeAsterisk.start();
    const port = await freePort();
    mkdirSync(join(this.dir, 'data'), { recursive: true });
    mkdirSync(join(this.dir, 'spool'), { recursive: true });
    const result = readSettings({
      GATEHOUSE_ARI_URL: this.#asterisk.url,
      GATEHOUSE_ARI_USER: 'gatehouse',
      GATEHOUSE_ARI_PASSWORD: 'secret',
      GATEHOUSE_REDIS_URL: 'redis://127.0.0.1:1',
      GATEHOUSE_RULES: 'rules',
      GATEHOUSE_DATA: join(this.dir, 'data'),
      GATEHOUSE_SPOOL: join(this.dir, 'spool'),
      GATEHOUSE_NODE: 'n1',
      GATEHOUSE_HTTP: `127.0.0.1:${port}`,
      GATEHOUSE_DRAIN_SECONDS: '0',
      GATEHOUSE_CANARY: 'off',
      ...env,
    });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    this.#settings = result.settings;
    this.app = await startGatehouse({ settings: result.settings, log: this.log });
    this.url = `http://127.0.0.1:${result.settings.http.port}`;
    return this;
  }

  /** With the same data and settings. */
  async restart(): Promise<void> {
    if (this.#settings === null) throw new Error('it was not started');
    await this.app.stop();
    this.app = await startGatehouse({ settings: this.#settings, log: this.log });
  }

  async stop(): Promise<void> {
    try {
      await this.app?.stop();
      await this.#asterisk?.stop();
    } finally {
      rmSync(this.dir, { recursive: true, force: true });
    }
  }
}
