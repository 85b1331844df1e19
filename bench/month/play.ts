import { setTimeout } from 'node:timers/promises';
import type { CallFacts, Signals } from '../../src/call/facts.ts';
import type { AfterExit, Outcome } from '../../src/call/outcome.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { historyWrites } from '../../src/history/history-writes.ts';
import { RedisCallerFlags } from '../../src/history/redis-caller-flags.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { RedisDialedNumbers } from '../../src/history/redis-dialed-numbers.ts';
import { silentLog } from '../../src/log/log.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { signalsOf } from '../../src/policy/signals.ts';
import { plainNames } from '../../src/privacy/caller-names.ts';
import { systemClock } from '../../src/process/clock.ts';
import { runAllOrFail } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { outcomeOf, passForMs } from '../../src/screening/call-record.ts';
import { lookUpHistory } from '../../src/screening/history-lookup.ts';
import { RedisProcess } from '../../test/fakes/redis-process.ts';
import type { Dice } from './dice.ts';
import { carryOut, type Ended } from './line.ts';
import type { MonthPlan } from './plan.ts';
import type { EndedAt, PlayedCall } from './played-call.ts';
import { Timeline } from './timeline.ts';
import { groups, type PlannedCall, type PlannedDial } from './truth.ts';
import type { Signal, SiteWatch } from './watch.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** How long after we dialed a number it may call back, as the site file has it. */
const callBackMs = 3 * dayMs;
/** From a call's end until the outbox has brought it into Redis. */
const drainMs = 150;
/** espeak-ng at 150 words a minute. */
const msPerCharacter = 76;
const mostUnsettled = 400;
const usualTalkMs = 140_000;
/** How often our people flag an unwanted call that reached them, and by mistake another. */
const flagged = { unwanted: 0.15, genuine: 0.0004 };
const unsigned: CallFacts['verification'] = {
  ...{ result: 'none', attestation: null, signer: null, origid: null, source: null },
};

type Happening =
  | { readonly kind: 'arrives'; readonly call: PlannedCall }
  | { readonly kind: 'dialed'; readonly dial: PlannedDial }
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  | {
      readonly kind: 'talked';
      readonly callId: string;
      readonly afterExit: AfterExit;
    }
  | { readonly kind: 'flagged'; readonly callId: string; readonly number: string }
  | { readonly kind: 'redis-stops' | 'redis-starts' };

export interface PlayOptions {
  readonly plan: MonthPlan;
  readonly policy: Policy;
  readonly watch: SiteWatch;
  readonly without: ReadonlySet<Signal>;
  /** For what callers do. */
  readonly dice: Dice;
  /** Which days are played, all by default. */
  readonly days?: { readonly from: number; readonly to: number };
  /** Told of each outcome, with its call. */
  readonly onOutcome?: (call: PlannedCall, outcome: Outcome) => void;
}

/** Plays a month through the decision, the screener's flow and a real Redis, as fast as they go. */
export async function playMonth(options: PlayOptions): Promise<readonly PlayedCall[]> {
  const server = await RedisProcess.start();
  const stop = () => server.freeNow();
  process.once('exit', stop);
  const month = new Month(options, server);
  try {
    return await month.play();
  } finally {
    month.close();
    process.off('exit', stop);
    await server.remove();
  }
}

class Month {
  readonly #options: PlayOptions;
  readonly #server: RedisProcess;
  readonly #redis;
  readonly #history: RedisCallerHistory;
  readonly #store: RedisCallStore;
  readonly #timeline = new Timeline<Happening>();
  readonly #played: PlayedCall[] = [];
  readonly #unsettled: Promise<unknown>[] = [];
  /** Null: Redis is there. Else what waits for it, in the order of writing. */
  #outbox: (() => Promise<unknown>)[] | null = null;

  constructor(options: PlayOptions, server: RedisProcess) {
    this.#options = options;
    this.#server = server;
    this.#redis = connectRedis(server.url, silentLog, { commandTimeoutMs: 60_000 });
    this.#history = new RedisCallerHistory(this.#redis, plainNames, () => options.policy.windows);
    this.#store = new RedisCallStore(this.#redis, 90 * dayMs);
  }

  close(): void {
    this.#redis.disconnect();
  }

  async play(): Promise<readonly PlayedCall[]> {
    await redisReady(this.#redis, 10_000);
    this.#fill();
    for (let next = this.#timeline.next(); next !== null; next = this.#timeline.next()) {
      await this.#happen(next.what, next.at);
      if (this.#unsettled.length > mostUnsettled) await this.#settle();
    }
    await this.#settle();
    return this.#played;
  }

  #fill(): void {
    const { plan, days: only } = this.#options;
    const { calendar } = plan;
    const from = only === undefined ? -Infinity : calendar.at(only.from, 0);
    const to = only === undefined ? Infinity : calendar.at(only.to, 0);
    const isPlayed = (at: number) => at >= from && at < to;
    for (const call of plan.calls)
      if (isPlayed(call.at)) this.#timeline.add(call.at, { kind: 'arrives', call });
    for (const dial of plan.dials)
      if (isPlayed(dial.at)) this.#timeline.add(dial.at, { kind: 'dialed', dial });
    const { outage } = plan;
    if (outage === null || !isPlayed(outage.from)) return;
    this.#timeline.add(outage.from, { kind: 'redis-stops' });
    this.#timeline.add(outage.to, { kind: 'redis-starts' });
  }

  async #happen(what: Happening, at: number): Promise<void> {
    switch (what.kind) {
      case 'arrives':
        return this.#screen(what.call);
      case 'dialed': {
        const dialed = { number: what.dial.number, until: what.dial.at + callBackMs };
        return this.#write(() => new RedisDialedNumbers(this.#redis).remember([dialed]));
      }
      case 'ended':
        this.#options.watch.see(what.outcome);
        return this.#remember(what.outcome);
      case 'talked':
        return this.#options.watch.seeAfterExit(what.callId, what.afterExit);
      case 'flagged':
        return this.#write(() =>
          new RedisCallerFlags(this.#redis).flag(what.number, 'scam', what.callId, at),
        );
      case 'redis-stops':
        await this.#settle();
        // What was written is there again afterward, as with any Redis that is restarted.
        await this.#server.admin.save();
        await this.#server.stop();
        this.#outbox = [];
        return until(() => this.#redis.status !== 'ready');
      case 'redis-starts': {
        await this.#server.start();
        await until(() => this.#redis.status === 'ready');
        const waiting = this.#outbox ?? [];
        this.#outbox = null;
        for (const write of waiting) this.#write(write);
        return this.#settle();
      }
    }
  }

  /** Nobody waits for it: on one connection a later look comes after it. */
  #write(write: () => Promise<unknown>): void {
    if (this.#outbox === null) this.#unsettled.push(write());
    else this.#outbox.push(write);
  }

  async #settle(): Promise<void> {
    for (const result of await Promise.all(this.#unsettled.splice(0))) {
      if (result === false) throw new Error('a number that was dialed was not kept');
      for (const one of Array.isArray(result) ? result : [])
        if (one.state !== 'written') throw new Error(`a record was not written: ${JSON.stringify(one)}`);
    }
  }

  /** What later calls are judged by, and the pass; the records themselves nobody here reads. */
  #remember(outcome: Outcome): void {
    const { callId, facts } = outcome;
    this.#write(() => runAllOrFail(this.#redis, historyWrites(callId, outcome)).then(() => []));
    const lastsMs = passForMs(outcome);
    if (lastsMs === 0 || facts.caller.number === null) return;
    const until = Math.round(facts.now + outcome.timings.exitMs + lastsMs);
    const grant = { callerNumber: facts.caller.number, until };
    this.#write(() => this.#store.write([{ id: 1, callId, kind: 'pass', grant }]));
  }

  async #screen(call: PlannedCall): Promise<void> {
    const { policy, watch } = this.#options;
    const facts = watch.before(await this.#factsOf(call));
    const decision = decide(facts, policy);
    const dice = this.#options.dice.of(`${call.id}/${call.attempt}`);
    const lengthOf = (prompt: string, language: string) =>
      msPerCharacter * (policy.prompts.text(prompt, language)?.length ?? 0);
    const ended = carryOut(decision.verdict, call.manner, dice, lengthOf);
    const { challenge, end, answeredMs, exitMs } = ended;
    const timings = { historyMs: 1, decidedMs: 2, answeredMs, exitMs };
    const outcome = outcomeOf({ facts, decision, challenge, adopted: false, timings }, end);
    this.#timeline.add(call.at + exitMs + drainMs, { kind: 'ended', outcome });
    this.#options.onOutcome?.(call, outcome);
    const { verdict, rule } = decision;
    this.#played.push({
      ...{ callId: facts.callId, group: call.group, who: call.who, at: call.at, rule },
      onTrial: decision.monitored.map((one) => one.rule),
      verdict: verdict.kind,
      asked: verdict.kind === 'challenge' ? verdict.challenge : null,
      result: challenge?.result ?? null,
      endedAt: endedAt(outcome, ended),
      campaign: facts.campaign ?? null,
      knownOnArrival: typeof facts.campaign === 'string',
      isBlind: facts.noHistoryReason === 'unavailable',
      exitMs,
    });
    this.#goOn(call, outcome, ended, dice);
  }

  async #factsOf({ id, at, caller, called, verification, attempt }: PlannedCall): Promise<CallFacts> {
    const { without } = this.#options;
    const facts: CallFacts = {
      callId: `month/${id}-${attempt}`,
      linkedId: `${id}-${attempt}`,
      sipCallId: `${id}-${attempt}@carrier.example`,
      now: at,
      caller,
      called,
      trunk: 'carrier',
      verification: without.has('verification') ? unsigned : verification,
      history: null,
      noHistoryReason: 'not-asked',
    };
    const signals = this.#signalsOf(facts);
    const arrived = { ...facts, ...(signals && { signals }) };
    if (without.has('history')) return arrived;
    const { history, reason } = await lookUpHistory(this.#history, systemClock, arrived, 30_000);
    return { ...arrived, history, noHistoryReason: reason };
  }

  #signalsOf(facts: CallFacts): Signals | undefined {
    const { policy, without } = this.#options;
    const { decoy, claimed } = signalsOf(facts, policy) ?? {};
    const shown = {
      ...(decoy !== undefined && !without.has('decoys') && { decoy }),
      ...(claimed !== undefined && !without.has('claimed-names') && { claimed }),
    };
    return Object.keys(shown).length === 0 ? undefined : shown;
  }

  /** What comes of it: talk, a flag, another try. */
  #goOn(call: PlannedCall, outcome: Outcome, { exitMs }: Ended, dice: Dice): void {
    const { callId, facts } = outcome;
    const { nature } = groups[call.group];
    if (outcome.exit.kind === 'connect') {
      const talkMs = talkOf(call, dice);
      const answeredMs = exitMs + Math.round(dice.between(2_000, 9_000));
      const afterExit = { answeredMs, talkMs, cause: 16 };
      const overAt = call.at + answeredMs + talkMs;
      this.#timeline.add(overAt, { kind: 'talked', callId, afterExit });
      const { number } = facts.caller;
      if (number !== null && dice.chance(nature === 'genuine' ? flagged.genuine : flagged.unwanted))
        this.#timeline.add(overAt + minuteMs, { kind: 'flagged', callId, number });
      return;
    }
    if (call.manner.kind !== 'person' || call.attempt >= 3 || !dice.chance(call.manner.callsAgain)) return;
    const at = call.at + exitMs + Math.round(dice.next() ** 2 * 50 * minuteMs + 20_000);
    this.#timeline.add(at, { kind: 'arrives', call: { ...call, at, attempt: call.attempt + 1 } });
  }
}

function talkOf({ group, manner }: PlannedCall, dice: Dice): number {
  const { nature } = groups[group];
  if (manner.kind !== 'person') return Math.round(dice.between(3_000, 12_000));
  if (nature === 'human')
    return Math.round(dice.chance(0.8) ? dice.between(6_000, 40_000) : dice.between(40_000, 300_000));
  return Math.round(Math.exp(dice.about(Math.log(manner.talkMs ?? usualTalkMs), 0.7)));
}

function endedAt({ exit }: Outcome, { wasTold }: Ended): EndedAt {
  switch (exit.kind) {
    case 'connect':
      return 'person';
    case 'voicemail':
      return 'mailbox';
    case 'reject':
      return 'turned-away';
    case 'none':
      return wasTold ? 'told' : 'hung-up';
  }
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error('Redis did not stop or start');
    await setTimeout(5);
  }
}
