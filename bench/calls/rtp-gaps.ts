import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { until } from '../../lab/child.ts';

/** How evenly sound came to many callers. A packet each 20 ms is due; a gap above 40 ms is heard as a stutter. */
export interface SoundReport {
  readonly callers: number;
  readonly packets: number;
  /** Gaps between 40 ms and the 1 s above which it is a pause between two prompts. */
  readonly gaps: number;
  readonly callersWithGaps: number;
  readonly longestGapMs: number;
  readonly lostPackets: number;
  /** Packets that tcpdump itself missed; above 0 the figures are too good or too bad. */
  readonly notCaptured: number;
}

const gapMs = 40;
const pauseMs = 1_000;

/** Headers of every RTP packet to one address and port, written down by the kernel's own clock. Needs root or CAP_NET_RAW. */
export class SoundCapture {
  readonly #file: string;
  readonly #process: ChildProcess;
  #said = '';

  private constructor(file: string, child: ChildProcess) {
    this.#file = file;
    this.#process = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
  }

  static async start(file: string, address: string, port: number): Promise<SoundCapture> {
    const filter = `udp and dst host ${address} and dst port ${port}`;
    const args = ['-i', 'lo', '-n', '-B', '65536', '-s', '60', '-w', file, filter];
    const capture = new SoundCapture(file, spawn('tcpdump', args, { stdio: ['ignore', 'ignore', 'pipe'] }));
    await until('tcpdump to listen', 5_000, () => {
      if (capture.#process.exitCode !== null) throw new Error(`tcpdump ended: ${capture.#said}`);
      return capture.#said.includes('listening on') ? true : null;
    });
    return capture;
  }

  async stop(): Promise<SoundReport> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
    const notCaptured = Number(/(\d+) packets? dropped by kernel/.exec(this.#said)?.[1] ?? 0);
    return { ...soundReport(await readFile(this.#file)), notCaptured };
  }
}

/** pcap-savefile(5), little endian, microseconds; Ethernet, IPv4 without options, UDP, RTP (RFC 3550). */
function soundReport(pcap: Buffer): Omit<SoundReport, 'notCaptured'> {
  const streams = new Map<number, { at: number; sequence: number; gaps: number }>();
  let packets = 0;
  let lostPackets = 0;
  let longestGapMs = 0;
  for (let from = 24; from + 16 + 54 <= pcap.length; ) {
    const at = pcap.readUInt32LE(from) * 1000 + pcap.readUInt32LE(from + 4) / 1000;
    const rtp = from + 16 + 42;
    from += 16 + pcap.readUInt32LE(from + 8);
    const isVersion2 = (pcap[rtp] ?? 0) >> 6 === 2;
    const isPcmu = ((pcap[rtp + 1] ?? 0) & 127) === 0;
    if (!isVersion2 || !isPcmu) continue;
    packets++;
    const sequence = pcap.readUInt16BE(rtp + 2);
    const source = pcap.readUInt32BE(rtp + 8);
    const stream = streams.get(source);
    if (stream === undefined) {
      streams.set(source, { at, sequence, gaps: 0 });
      continue;
    }
    const gap = at - stream.at;
    const steps = (sequence - stream.sequence) & 0xffff;
    if (gap < pauseMs) {
      longestGapMs = Math.max(longestGapMs, gap);
      if (gap > gapMs) stream.gaps++;
      if (steps > 1 && steps < 100) lostPackets += steps - 1;
    }
    stream.at = at;
    stream.sequence = sequence;
  }
  const all = [...streams.values()];
  return {
    callers: all.length,
    packets,
    gaps: all.reduce((sum, { gaps }) => sum + gaps, 0),
    callersWithGaps: all.filter(({ gaps }) => gaps > 0).length,
    longestGapMs: Number(longestGapMs.toFixed(1)),
    lostPackets,
  };
}
