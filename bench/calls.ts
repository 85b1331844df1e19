import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Lab } from '../lab/lab.ts';
import { bars } from './bars.ts';
import { challengeAtOnce } from './calls/challenge.ts';
import {
  type Peer,
  type PeerName,
  type Peers,
  peerNames,
  rulesWithKnownCallers,
  startPeers,
} from './calls/peers.ts';
import { writePerformancePage } from './calls/performance-page.ts';
import { breaks, type Rate, ramp } from './calls/ramp.ts';
import type { CallsResult } from './calls/result.ts';

/**
 * `npm run bench -- calls [--peers gatehouse,bare] [--seconds 6] [--step 100] [--most 1500] [--no-challenge] [--json] [--write]`:
 * known callers by four ways at a rising rate, each to where it breaks and one step beyond; then a thousand callers in the
 * challenge at once. `--write` makes docs/performance.md; with `--from <file>` of an earlier result.
 */
export const callsBenchmark = {
  about:
    'real calls: what one costs beside bare dialplan, FastAGI and plain ari-client, and where each breaks',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        from: { type: 'string' },
        peers: { type: 'string', default: peerNames.join(',') },
        seconds: { type: 'string', default: '6' },
        step: { type: 'string', default: '100' },
        most: { type: 'string', default: '1500' },
        'no-challenge': { type: 'boolean', default: false },
      },
    });
    const result =
      values.from === undefined
        ? await measure({
            peers: values.peers.split(','),
            steps: {
              secondsEach: Number(values.seconds),
              step: Number(values.step),
              most: Number(values.most),
            },
            isChallenge: !values['no-challenge'],
          })
        : (JSON.parse(await readFile(values.from, 'utf8')) as CallsResult);
    console.log(picture(result));
    if (values.write) await writePerformancePage(result);
    if (values.json) console.log(JSON.stringify(result));
  },
};

interface Wanted {
  readonly peers: readonly string[];
  readonly steps: { readonly secondsEach: number; readonly step: number; readonly most: number };
  readonly isChallenge: boolean;
}

async function measure({ peers, steps, isChallenge }: Wanted): Promise<CallsResult> {
  await using rules = await rulesWithKnownCallers();
  const rates: Rate[] = [];
  let asterisk = 'Asterisk';
  // A lab each: an Asterisk that was driven to its limit costs half as much again a call for a long time (measured).
  for (const name of peerNames.filter((peer) => peers.includes(peer)))
    await inLab(rules.dir, async (lab, started) => {
      asterisk = /^Asterisk \S+/.exec(await lab.asterisk.cli('core show version'))?.[0] ?? asterisk;
      for (const peer of started.all.filter((one) => one.name === name))
        rates.push(...(await ramp(lab, peer, steps, (rate) => console.error(line(peer, rate)))));
    });
  const challenge = isChallenge ? await inLab(rules.dir, (lab) => challengeAtOnce(lab)) : null;
  const others = rates.map(({ othersPercent }) => othersPercent).sort((a, b) => a - b);
  const redis = execFileSync('redis-server', ['--version'], { encoding: 'utf8' });
  return {
    bench: 'calls',
    date: new Date().toISOString(),
    machine: {
      model: cpus()[0]?.model ?? 'unknown',
      processors: cpus().length,
      asterisk,
      redis: /v=(\S+)/.exec(redis)?.[1] ?? '',
      node: process.versions.node,
      othersPercent: others[Math.floor(others.length / 2)] ?? 0,
    },
    secondsEach: steps.secondsEach,
    rates,
    breaksAt: breaksAt(rates),
    challenge,
  };
}

async function inLab<T>(rules: string, work: (lab: Lab, peers: Peers) => Promise<T>): Promise<T> {
  const lab = await Lab.up({ rules });
  const interrupted = () => void lab.down().finally(() => process.exit(130));
  process.once('SIGINT', interrupted);
  let peers: Peers | null = null;
  try {
    peers = await startPeers(lab, join(lab.dir, 'prompts', 'en', 'press-1'));
    return await work(lab, peers);
  } finally {
    process.off('SIGINT', interrupted);
    await peers?.stop();
    await lab.down();
  }
}

function breaksAt(rates: readonly Rate[]): CallsResult['breaksAt'] {
  const first = (peer: PeerName) => rates.find((rate) => rate.peer === peer && breaks(rate))?.callsPerSecond;
  return Object.fromEntries(peerNames.map((peer) => [peer, first(peer) ?? null]));
}

function line({ about }: Peer, rate: Rate): string {
  const { asterisk, app, redis } = rate.cpuMsPerCall;
  const cpu = [asterisk, app, redis].filter((ms) => ms !== null).join(' + ');
  return `${about.padEnd(28)}${rate.callsPerSecond}/s  p50 ${rate.p50Ms} ms  p99 ${rate.p99Ms} ms  ${rate.failed} failed${rate.screened === null ? '' : `  ${rate.screened} of ${rate.calls} screened`}  CPU ${cpu} ms a call  others ${rate.othersPercent}%`;
}

function picture({ rates, breaksAt: broken, challenge }: CallsResult): string {
  const p99 = (peer: PeerName) =>
    bars(
      `${peer}: p99 from INVITE to 200; first broken at ${broken[peer] ?? 'none'}`,
      rates
        .filter((rate) => rate.peer === peer)
        .map(({ callsPerSecond, p99Ms }) => ({
          label: `${callsPerSecond}/s`,
          value: p99Ms ?? 0.1,
          shown: `${p99Ms} ms`,
        })),
      'log',
    );
  const shown = peerNames.filter((peer) => rates.some((rate) => rate.peer === peer)).map(p99);
  const inChallenge =
    challenge === null
      ? []
      : [
          `${challenge.callers} callers in the challenge at once: ${challenge.asked} asked, ${challenge.failed} failed, event loop blocked ${challenge.eventLoopBlockedMs} ms at most, CPU Asterisk ${challenge.cpuPercent.asterisk}%, app ${challenge.cpuPercent.app}%`,
          `  sound: ${challenge.sound.gaps} gaps over 40 ms (longest ${challenge.sound.longestGapMs} ms) in ${challenge.sound.packets} packets; by Playback() alone ${challenge.bare.sound.gaps} (${challenge.bare.sound.longestGapMs} ms) in ${challenge.bare.sound.packets}`,
        ];
  return [...shown, ...inChallenge].join('\n');
}
