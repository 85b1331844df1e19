import { join } from 'node:path';
import { until } from '../../lab/child.ts';
import { Lab } from '../../lab/lab.ts';
import { LabSystemd } from '../../lab/systemd.ts';

/** A lab whose Gatehouse is the unit as it is shipped, under a real systemd; not started yet. */
export class ShippedUnit {
  readonly lab: Lab;
  readonly systemd: LabSystemd;

  private constructor(lab: Lab, systemd: LabSystemd) {
    this.lab = lab;
    this.systemd = systemd;
  }

  /** @param dropIn lines of a drop-in */
  static async up(dropIn = ''): Promise<ShippedUnit> {
    const lab = await Lab.up({ gatehouse: false });
    const { plan } = lab.gatehouse;
    const systemd = await LabSystemd.boot({
      dir: join(lab.dir, 'systemd'),
      rules: lab.rules,
      ariPassword: plan.ariPassword,
      spool: join(plan.dir, 'spool', 'gatehouse'),
      settings: {
        GATEHOUSE_ARI_URL: plan.ariUrl,
        GATEHOUSE_ARI_USER: 'gatehouse',
        GATEHOUSE_REDIS_URL: plan.redisUrl,
        GATEHOUSE_HTTP: `127.0.0.1:${plan.httpPort}`,
        GATEHOUSE_PROMPT_MEDIA: `sound:${join(plan.dir, 'prompts')}`,
        GATEHOUSE_NODE: 'lab',
        // Longer than a busy machine takes to say what state it is in.
        GATEHOUSE_DRAIN_SECONDS: '15',
      },
      dropIn,
    }).catch(async (error: unknown) => {
      await lab.down();
      throw error;
    });
    return new ShippedUnit(lab, systemd);
  }

  state(): Promise<Record<string, string>> {
    return this.systemd.properties('ActiveState', 'StatusText', 'NRestarts', 'MainPID', 'Result');
  }

  become(ActiveState: string, StatusText: string, ms = 30_000): Promise<Record<string, string>> {
    return until(`${ActiveState}: ${StatusText}`, ms, async () => {
      const now = await this.state();
      return now.ActiveState === ActiveState && now.StatusText === StatusText ? now : null;
    });
  }

  ready(): Promise<true> {
    return until('/readyz', 10_000, async () => (await this.lab.gatehouse.ready()) || null);
  }

  async down(): Promise<void> {
    await this.systemd.down();
    await this.lab.down();
  }
}
