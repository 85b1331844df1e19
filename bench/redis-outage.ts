import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { until } from '../lab/child.ts';
import { numbers, switchboard } from '../lab/demo/morning.ts';
import { Lab } from '../lab/lab.ts';
import { silentLog } from '../src/log/log.ts';
import { connectRedis, redisReady } from '../src/redis/redis-connection.ts';
import { RedisOutcomes } from '../test/fakes/redis-outcomes.ts';
import { bars } from './bars.ts';

const knownASecond = 16;
const unknownASecond = 4;

/**
 * `npm run bench -- redis-outage [--minutes 10] [--json]`: the fault run at its real length. Real calls ring a real
 * Asterisk, 20 a second, a fifth of them unknown callers who press 1; Redis is stopped all the while. Exit code 1 when a call was
 * lost, recorded twice, or not recorded.
 */
export const redisOutage = {
  about: 'fault run: Redis stopped for ten minutes under 20 real calls a second',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({
      args: [...args],
      options: { minutes: { type: 'string', default: '10' }, json: { type: 'boolean', default: false } },
    });
    const lab = await Lab.up();
    process.once('SIGINT', () => void lab.down().finally(() => process.exit(130)));
    try {
      const result = await ringThroughOutage(lab, Number(values.minutes));
      console.log(picture(result));
      if (values.json) console.log(JSON.stringify(result));
      if (result.lost + result.recordedTwice + result.notRecorded > 0) process.exitCode = 1;
    } finally {
      await lab.down();
    }
  },
};

interface Outage {
  readonly bench: 'redis-outage';
  readonly minutes: number;
  readonly calls: number;
  /** Calls that did not go as the caller's script wants: answered by a person, ended by the caller. */
  readonly lost: number;
  readonly recordedTwice: number;
  readonly notRecorded: number;
  /** What the page Now said last before Redis came back. */
  readonly page: string;
  /** From Redis being there again to an empty outbox. */
  readonly drainSeconds: number;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly second: number;
  /** Outcomes that wait. */
  readonly waiting: number;
  readonly outboxMb: number;
  readonly memoryMb: number;
}

async function ringThroughOutage(lab: Lab, minutes: number): Promise<Outage> {
  const seconds = Math.round(minutes * 60);
  const timeoutMs = seconds * 1000 + 120_000;
  await lab.redis.stop();
  const known = await lab.ring(
    { from: numbers.customer, to: switchboard, steps: [{ hold: 1000 }] },
    { calls: knownASecond * seconds, rate: knownASecond, timeoutMs },
  );
  const unknown = await lab.ring(
    {
      ...{ from: numbers.pressesOne, displayName: 'Jo Patient', to: switchboard },
      steps: [{ hold: 2500 }, { press: '1' }, { hold: 1000 }],
    },
    { calls: unknownASecond * seconds, rate: unknownASecond, timeoutMs },
  );
  const ringing = Promise.all([known.finished(), unknown.finished()]);
  let isOver = false;
  void ringing.finally(() => {
    isOver = true;
  });
  const samples: Sample[] = [];
  const start = Date.now();
  for (let next = start; !isOver; ) {
    samples.push(await sample(lab, Math.round((Date.now() - start) / 1000)));
    next += Math.max(5_000, seconds * 50);
    while (!isOver && Date.now() < next) await sleep(250);
  }
  const rung = (await ringing).flatMap(({ calls }) => [...calls]);
  samples.push(await sample(lab, Math.round((Date.now() - start) / 1000)));
  const page = await wordsOfPage(lab);
  const back = Date.now();
  await lab.redis.start();
  await lab.record();
  await until('an empty outbox', 300_000, async () => ((await waiting(lab)) === 0 ? true : null), 250);
  const drainSeconds = (Date.now() - back) / 1000;
  const times = await timesRecorded(lab);
  return {
    bench: 'redis-outage',
    minutes,
    calls: rung.length,
    lost:
      rung.filter(([, how]) => how.join(' ') !== 'answered hung-up').length +
      ((knownASecond + unknownASecond) * seconds - rung.length),
    recordedTwice: [...times.values()].filter((count) => count > 1).length,
    notRecorded: rung.filter(([id]) => !times.has(id)).length,
    page,
    drainSeconds: Number(drainSeconds.toFixed(1)),
    samples,
  };
}

async function sample(lab: Lab, second: number): Promise<Sample> {
  const dir = join(lab.dir, 'gatehouse');
  const size = ['outbox.sqlite', 'outbox.sqlite-wal'].reduce(
    (sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  const status = readFileSync(`/proc/${lab.gatehouse.child.pid}/status`, 'utf8');
  const memoryMb = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
  process.stderr.write(`\r${second} s, ${await waiting(lab)} wait `);
  return { second, waiting: await waiting(lab), outboxMb: Math.round(size / 1e6), memoryMb };
}

async function waiting(lab: Lab): Promise<number> {
  const reply = await fetch(`${lab.gatehouse.url}/healthz`, { signal: AbortSignal.timeout(5_000) });
  return ((await reply.json()) as { backlog: number }).backlog;
}

async function wordsOfPage(lab: Lab): Promise<string> {
  const reply = await fetch(lab.gatehouse.url, { signal: AbortSignal.timeout(5_000) });
  const text = (await reply.text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  return /Redis is away since .*?(?=Policy|Last|$)/.exec(text)?.[0].slice(0, 300) ?? 'nothing about Redis';
}

async function timesRecorded(lab: Lab): Promise<Map<string, number>> {
  const redis = connectRedis(lab.redis.url, silentLog, { name: 'bench' });
  try {
    await redisReady(redis, 10_000);
    const times = new Map<string, number>();
    for await (const { facts } of new RedisOutcomes(redis).between(Date.now() - 86_400_000))
      times.set(facts.sipCallId, (times.get(facts.sipCallId) ?? 0) + 1);
    return times;
  } finally {
    redis.disconnect();
  }
}

function picture({ calls, lost, recordedTwice, notRecorded, page, drainSeconds, samples }: Outage): string {
  const waits = samples.map(({ second, waiting, outboxMb, memoryMb }) => ({
    label: `${second} s`,
    value: waiting,
    shown: `${waiting} wait, ${outboxMb} MB on disk, ${memoryMb} MB of memory`,
  }));
  return [
    `\n${calls} calls: ${lost} lost, ${notRecorded} not recorded, ${recordedTwice} recorded twice`,
    `The page, before Redis came back: ${page}`,
    `All in Redis ${drainSeconds} s after it was back`,
    bars('The outbox while Redis was away', waits),
  ].join('\n');
}
