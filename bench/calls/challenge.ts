import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallerStep } from '../../lab/caller-scenario.ts';
import { switchboard } from '../../lab/demo/morning.ts';
import type { Lab } from '../../lab/lab.ts';
import { playbackAddress } from './peers.ts';
import { cpuMs } from './process-cpu.ts';
import { allCallsOver } from './ramp.ts';
import { SoundCapture, type SoundReport } from './rtp-gaps.ts';

export interface Challenge {
  readonly callers: number;
  /** Of them, who heard the prompt; the others were let through unasked, because of overload. */
  readonly asked: number;
  /** Callers who did not reach the operators. */
  readonly failed: number;
  /** The longest that the event loop was blocked, ms, from the first caller to the last one's end. */
  readonly eventLoopBlockedMs: number;
  /** Of one processor, while all hear the prompt. */
  readonly cpuPercent: { readonly asterisk: number; readonly app: number };
  readonly sound: SoundReport;
  /** The same prompt by Playback() in a bare dialplan: what of it is Asterisk's own. */
  readonly bare: {
    readonly failed: number;
    readonly asteriskCpuPercent: number;
    readonly sound: SoundReport;
  };
}

export const challengedCallers = 1_000;
const perSecond = 200;
/** A second of silence, the prompt of 7 s, and what a person needs; the last caller is in before the first prompt ends. */
const pressAfterMs = 10_500;
const steadyMs = 2_500;

/** Unknown callers, a thousand different ones. */
const strangers: readonly string[] = [
  '203',
  '205',
  '207',
  '208',
  '209',
  '214',
  '216',
  '217',
  '218',
  '219',
].flatMap((area) => Array.from({ length: 100 }, (_, last) => `+1${area}5550${100 + last}`));

/** A thousand unknown callers at once are asked to press 1; all do. Then a thousand who hear the same from Asterisk alone. */
export async function challengeAtOnce(lab: Lab): Promise<Challenge> {
  await eventLoopMaxMs(lab);
  const asked = await fill(lab, '127.0.0.1', [{ hold: pressAfterMs }, { pressInfo: '1' }, { hold: 1_500 }]);
  const eventLoopBlockedMs = await eventLoopMaxMs(lab);
  const bare = await fill(lab, playbackAddress, [{ hold: pressAfterMs + 500 }]);
  return {
    ...{ callers: challengedCallers, asked: asked.sound.callers, failed: asked.failed, eventLoopBlockedMs },
    sound: asked.sound,
    cpuPercent: { asterisk: asked.asterisk, app: asked.app },
    bare: { failed: bare.failed, asteriskCpuPercent: bare.asterisk, sound: bare.sound },
  };
}

interface Filled {
  readonly failed: number;
  readonly sound: SoundReport;
  /** Percent of one processor. */
  readonly asterisk: number;
  readonly app: number;
}

async function fill(lab: Lab, localAddress: string, steps: readonly CallerStep[]): Promise<Filled> {
  const script = { from: '[field0]', displayName: 'PAT', to: switchboard, steps };
  const caller = await lab.ring(script, {
    ...{ calls: challengedCallers, rate: perSecond, timeoutMs: 45_000 },
    ...{ localAddress, numbers: strangers },
  });
  const capture = await SoundCapture.start(
    join(lab.dir, `sound-${localAddress}.pcap`),
    localAddress,
    caller.mediaPort,
  );
  await sleep((challengedCallers / perSecond) * 1000 + 500);
  const pids = [lab.asterisk.child.pid, lab.gatehouse.child.pid];
  const before = pids.map(cpuMs);
  await sleep(steadyMs);
  const [asterisk = 0, app = 0] = pids.map((pid, at) =>
    Math.round(((cpuMs(pid) - (before[at] ?? 0)) / steadyMs) * 100),
  );
  const { calls } = await caller.finished();
  const sound = await capture.stop();
  await allCallsOver(lab);
  const wellDone = [...calls.values()].filter((how) => how.join(' ') === 'answered hung-up').length;
  return { failed: challengedCallers - wellDone, sound, asterisk, app };
}

/** The app's own measure since it was last asked: the time between two looks that are due each 10 ms. */
async function eventLoopMaxMs(lab: Lab): Promise<number> {
  const reply = await fetch(`${lab.gatehouse.url}/metrics`, { signal: AbortSignal.timeout(10_000) });
  const seconds = /^nodejs_eventloop_lag_max_seconds ([\d.e-]+)$/m.exec(await reply.text())?.[1];
  if (seconds === undefined) throw new Error('the metrics do not say how long the event loop was blocked');
  return Number(Math.max(0, Number(seconds) * 1000 - 10).toFixed(1));
}
