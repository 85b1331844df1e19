import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { CallFacts } from '../../src/call/facts.ts';
import type { ChallengeOutcome } from '../../src/call/outcome.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { ListLibrary } from '../../src/lists/list-library.ts';
import { silentLog } from '../../src/log/log.ts';
import { changesOf, transitionFrom } from '../../src/outbox/transition.ts';
import { decide } from '../../src/policy/decide.ts';
import { workInBackground } from '../../src/process/background-work.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { outcomeOf } from '../../src/screening/call-record.ts';

export interface EndedCall {
  readonly facts: CallFacts;
  /** Else it stays silent. */
  readonly hangsUp: boolean;
}

export interface RecordsState {
  readonly waiting: number;
  /** An outbox would keep them. */
  readonly dropped: number;
}

const writtenAtOnce = 100;
const mostWaiting = 100_000;
const retentionMs = 90 * 86_400_000;

if (process.platform === 'linux') workInBackground(5);
const dir = mkdtempSync(join(tmpdir(), 'gatehouse-invented-'));
const rules = join(import.meta.dirname, '..', '..', 'rules');
const { policy } = await loadRules(rules, new ListLibrary({ dir, serving: false }));
rmSync(dir, { recursive: true, force: true });
const redis = connectRedis(String(workerData), silentLog, { commandTimeoutMs: 60_000 });
await redisReady(redis, 10_000);
const store = new RedisCallStore(redis, retentionMs);
const waiting: EndedCall[] = [];
let dropped = 0;
let id = 0;
parentPort?.on('message', (calls: readonly EndedCall[]) => {
  const room = Math.max(0, mostWaiting - waiting.length);
  waiting.push(...calls.slice(0, room));
  dropped += Math.max(0, calls.length - room);
});
for (;;) {
  const some = waiting.splice(0, writtenAtOnce);
  if (some.length === 0) await sleep(5);
  else await store.write(some.flatMap((call) => transitionsOf(call)));
  parentPort?.postMessage({ waiting: waiting.length, dropped } satisfies RecordsState);
}

function transitionsOf({ facts, hangsUp }: EndedCall) {
  if (policy === null) throw new Error('the shipped rules do not load');
  const decision = decide(facts, policy);
  const { verdict } = decision;
  const challenge = verdict.kind === 'challenge' ? silence(verdict.challenge, hangsUp) : null;
  const end = verdict.kind === 'challenge' ? 'caller-hung-up' : { exit: verdict };
  const timings = { historyMs: 1, decidedMs: 2, answeredMs: 30, exitMs: 3000 };
  const outcome = outcomeOf({ facts, decision, challenge, adopted: false, timings }, end);
  return changesOf(outcome, 0).map((change) => transitionFrom(++id, facts.callId, change));
}

function silence(kind: ChallengeOutcome['kind'], hangsUp: boolean): ChallengeOutcome {
  const attempt = { wanted: '1', heard: '', promptAtMs: 210, firstHeardAtMs: null };
  return {
    ...{ kind, language: 'en', result: hangsUp ? 'gave-up' : 'silent' },
    attempts: [{ ...attempt, result: hangsUp ? 'hung-up' : 'silent', endedAtMs: hangsUp ? 3210 : 12_210 }],
  };
}
