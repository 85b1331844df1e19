import { setTimeout as sleep } from 'node:timers/promises';
import type { CallerScript } from '../../lab/caller-scenario.ts';
import { until } from '../../lab/child.ts';
import { switchboard } from '../../lab/demo/morning.ts';
import type { Lab } from '../../lab/lab.ts';
import { runLoad } from '../../lab/load.ts';
import { knownCallers, type Peer, type PeerName } from './peers.ts';
import { cpuMs, machineBusyMs } from './process-cpu.ts';

export interface CpuMsPerCall {
  readonly asterisk: number;
  /** The process beside Asterisk; null: there is none. */
  readonly app: number | null;
  readonly redis: number | null;
}

export interface Rate {
  readonly peer: PeerName;
  readonly callsPerSecond: number;
  readonly calls: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  readonly failed: number;
  /** Calls that Gatehouse decided on; the others it let through unscreened, because of overload. Null for other peers. */
  readonly screened: number | null;
  readonly cpuMsPerCall: CpuMsPerCall;
  /** The caller's own, SIPp. */
  readonly callerCpuMsPerCall: number;
  /** What programs other than these used of the machine meanwhile, percent of one processor. */
  readonly othersPercent: number;
}

export interface RampOptions {
  readonly secondsEach: number;
  readonly step: number;
  /** No further than this. */
  readonly most: number;
}

/** A p99 above this, or a failed call, is a break. */
export const breakingP99Ms = 100;
/** A step beside more than this of others' work says little: it is run once more. */
const disturbedPercent = 40;
const holdMs = 1_000;

export const breaks = ({ failed, p99Ms }: Rate): boolean =>
  failed > 0 || p99Ms === null || p99Ms > breakingP99Ms;

/** Known callers at a rising rate, to the first at which it breaks and one step beyond. */
export async function ramp(
  lab: Lab,
  peer: Peer,
  options: RampOptions,
  told: (rate: Rate) => void,
): Promise<Rate[]> {
  const rates: Rate[] = [];
  let isLast = false;
  for (let callsPerSecond = options.step; callsPerSecond <= options.most; callsPerSecond += options.step) {
    let rate = await runRate(lab, peer, callsPerSecond, options.secondsEach);
    if (breaks(rate) && rate.othersPercent > disturbedPercent)
      rate = await runRate(lab, peer, callsPerSecond, options.secondsEach);
    rates.push(rate);
    told(rate);
    if (isLast) break;
    isLast = breaks(rate);
  }
  return rates;
}

export async function runRate(lab: Lab, peer: Peer, callsPerSecond: number, seconds: number): Promise<Rate> {
  const pids = {
    asterisk: lab.asterisk.child.pid,
    app: peer.pid,
    redis: peer.name === 'gatehouse' ? lab.redis.child.pid : null,
    caller: process.pid,
  };
  const used = () => Object.values(pids).map((pid) => (pid === null ? 0 : cpuMs(pid)));
  const decidedBefore = await decided(lab, peer);
  const [before, busyBefore, startedAt] = [used(), machineBusyMs(), performance.now()];
  const script: CallerScript = {
    ...{ from: '[field0]', displayName: 'ACME', to: switchboard },
    steps: [{ hold: holdMs }],
  };
  const load = await runLoad(lab, script, {
    ...{ callsPerSecond, seconds, numbers: knownCallers, localAddress: peer.address },
    graceMs: 15_000,
  });
  await allCallsOver(lab);
  // What is written after the call (records, notes) is its cost too.
  await sleep(500);
  const wallMs = performance.now() - startedAt;
  const spent = used().map((ms, at) => ms - (before[at] ?? 0));
  const others = machineBusyMs() - busyBefore - spent.reduce((sum, ms) => sum + ms, 0);
  const perCall = (pid: number | null, ms = 0) =>
    pid === null ? null : Number((ms / load.calls).toFixed(3));
  return {
    ...{ peer: peer.name, callsPerSecond, calls: load.calls },
    ...{ p50Ms: load.p50Ms, p99Ms: load.p99Ms, maxMs: load.maxMs, failed: load.failed },
    screened: decidedBefore === null ? null : ((await decided(lab, peer)) ?? 0) - decidedBefore,
    cpuMsPerCall: {
      asterisk: perCall(pids.asterisk, spent[0]) ?? 0,
      app: perCall(pids.app, spent[1]),
      redis: perCall(pids.redis, spent[2]),
    },
    callerCpuMsPerCall: perCall(pids.caller, spent[3]) ?? 0,
    othersPercent: Math.max(0, Math.round((others / wallMs) * 100)),
  };
}

/** Calls decided by a rule so far, as the metrics count them. */
async function decided(lab: Lab, { name }: Peer): Promise<number | null> {
  if (name !== 'gatehouse') return null;
  const reply = await fetch(`${lab.gatehouse.url}/metrics`, { signal: AbortSignal.timeout(10_000) });
  const counts = (await reply.text()).matchAll(/^gatehouse_rule_calls_total\{[^}]*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** After a break calls may still wait; the next step begins with none. */
export async function allCallsOver(lab: Lab): Promise<void> {
  const inside = async () =>
    Number(
      /(\d+) active channel/.exec(await lab.asterisk.cli('core show channels count').catch(() => ''))?.[1] ??
        1,
    );
  const none = async () => {
    if (!lab.asterisk.child.running) throw new Error('Asterisk ended under the load');
    return (await inside()) === 0 ? true : null;
  };
  const isOver = await until('all calls to be over', 20_000, none, 100).catch(() => false);
  if (isOver) return;
  await lab.asterisk.cli('channel request hangup all').catch(() => {});
  await until('Asterisk to hang up all calls', 60_000, none, 500);
}
