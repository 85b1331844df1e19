import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../lab/child.ts';
import type { CallRecord } from '../../src/call/call-records.ts';
import type { Transition } from '../../src/call/change.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import type { Campaign } from '../../src/campaigns/campaign.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { campaignsKey } from '../../src/redis/redis-keys.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { RunningGatehouse } from '../report/access/running-gatehouse.ts';

const dayMs = 86_400_000;

/** The real application on a real Redis that has calls in it already, also of days ago; Asterisk is a fake. */
export class SeededReport {
  readonly gatehouse = new RunningGatehouse();
  readonly rules = mkdtempSync(join(tmpdir(), 'gatehouse-rules-'));
  redis!: RedisProcess; // Set by start.

  /** @param names rows of a list that names our own numbers: `+1 317 555 0110,Cardiology` */
  async start(
    calls: readonly CallRecord[],
    names: readonly string[],
    campaigns: readonly Campaign[] = [],
  ): Promise<this> {
    this.redis = await RedisProcess.start();
    const client = connectRedis(this.redis.url, new RecordingLog());
    await redisReady(client, 20_000);
    await writeCalls(new RedisCallStore(client, 400 * dayMs), calls);
    for (const one of campaigns) await client.hset(campaignsKey, one.id, JSON.stringify(one));
    client.disconnect();
    this.#writeRules(names);
    await this.gatehouse.start({
      GATEHOUSE_REDIS_URL: this.redis.url,
      GATEHOUSE_RULES: this.rules,
      GATEHOUSE_REQUESTS_PER_MINUTE: '100000',
    });
    await until('the records are read', 60_000, async () => {
      const reply = await fetch(`${this.gatehouse.url}/calls?since=90d`);
      return reply.ok ? true : null;
    });
    return this;
  }

  /** The headers of whoever sees whole numbers. */
  async headersOf(role: 'viewer' | 'analyst' | 'admin', name = 'ann'): Promise<{ authorization: string }> {
    const token = await this.gatehouse.tokens.create({ name, role, lastsMs: null }, Date.now());
    return { authorization: `Bearer ${token.text}` };
  }

  async stop(): Promise<void> {
    await this.gatehouse.stop();
    await this.redis?.remove();
    rmSync(this.rules, { recursive: true, force: true });
  }

  #writeRules(names: readonly string[]): void {
    cpSync('rules', this.rules, { recursive: true });
    const path = join(this.rules, 'policy.yaml');
    const list = '  departments: { file: lists/departments.csv, about: Our numbers by department. }\n';
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('  customers: {', `${list}  customers: {`));
    writeFileSync(join(this.rules, 'lists/departments.csv'), `number,name\n${names.join('\n')}\n`);
  }
}

async function writeCalls(store: RedisCallStore, calls: readonly CallRecord[]): Promise<void> {
  const batch = 200;
  for (let from = 0; from < calls.length; from += batch) {
    const transitions = calls
      .slice(from, from + batch)
      .flatMap(({ outcome, afterExit }, at): Transition[] => {
        const { callId, facts } = outcome;
        const own: Transition = { id: 2 * (from + at), callId, kind: 'outcome', outcome };
        if (afterExit === null) return [own];
        return [own, { id: own.id + 1, callId, kind: 'after-exit', afterExit, arrivedAt: facts.now }];
      });
    await store.write(transitions);
  }
}
