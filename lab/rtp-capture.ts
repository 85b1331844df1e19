import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './child.ts';

/** One RTP packet as it arrived at the caller. */
export interface HeardPacket {
  /** Epoch ms. */
  readonly at: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly payloadType: number;
  readonly payload: Buffer;
}

/** Asterisk sends 20 ms each. */
const samplesAPacket = 160;
/** A longer gap is another stream. */
const mostLost = 100;

/**
 * What a caller hears: tcpdump on the loopback interface, only packets to the caller's RTP port. SIPp itself does not
 * listen to what it is played.
 */
export class RtpCapture {
  readonly packets: HeardPacket[] = [];
  readonly #process: ChildProcess;
  #buffer = Buffer.alloc(0);
  #headerRead = false;

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.stdout?.on('data', (data: Buffer) => this.#read(data));
  }

  /** Resolves when tcpdump listens. Needs root or CAP_NET_RAW. */
  static async start(port: number): Promise<RtpCapture> {
    const args = [
      '-i',
      'lo',
      '-n',
      '-U',
      '--immediate-mode',
      '-s',
      '0',
      '-w',
      '-',
      `udp and dst port ${port}`,
    ];
    const child = spawn('tcpdump', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const capture = new RtpCapture(child);
    await until('tcpdump to listen', 5000, () => {
      if (child.exitCode !== null) throw new Error(`tcpdump ended: ${said}`);
      return said.includes('listening on') ? true : null;
    });
    return capture;
  }

  /** 16-bit samples at 8 kHz heard so far, µ-law decoded, with silence for a packet that was lost. */
  samples(): Int16Array {
    const audio = this.packets.filter((packet) => packet.payloadType === 0);
    const samples: number[] = [];
    let before = audio[0];
    for (const packet of audio) {
      const lost = ((packet.sequence - (before?.sequence ?? 0)) & 0xffff) - 1;
      if (lost > 0 && lost <= mostLost) for (let i = 0; i < lost * samplesAPacket; i++) samples.push(0);
      samples.push(...muLawSamples(packet.payload));
      before = packet;
    }
    return Int16Array.from(samples);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }

  /** pcap with microsecond stamps, little endian as tcpdump writes it on x86 and arm (pcap-savefile(5)); Ethernet, IPv4, UDP, RTP (RFC 3550). */
  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    if (!this.#headerRead && this.#buffer.length >= 24) {
      this.#buffer = this.#buffer.subarray(24);
      this.#headerRead = true;
    }
    while (this.#headerRead && this.#buffer.length >= 16) {
      const length = this.#buffer.readUInt32LE(8);
      if (this.#buffer.length < 16 + length) return;
      const at = this.#buffer.readUInt32LE(0) * 1000 + this.#buffer.readUInt32LE(4) / 1000;
      this.#packet(at, this.#buffer.subarray(16, 16 + length));
      this.#buffer = this.#buffer.subarray(16 + length);
    }
  }

  #packet(at: number, frame: Buffer): void {
    const ip = frame.subarray(14);
    if (frame.length < 54 || frame.readUInt16BE(12) !== 0x0800) return;
    const rtp = ip.subarray(((ip[0] ?? 0) & 15) * 4 + 8);
    if (rtp.length <= 12 || (rtp[0] ?? 0) >> 6 !== 2) return;
    this.packets.push({
      at,
      sequence: rtp.readUInt16BE(2),
      timestamp: rtp.readUInt32BE(4),
      payloadType: (rtp[1] ?? 0) & 127,
      payload: Buffer.from(rtp.subarray(12 + ((rtp[0] ?? 0) & 15) * 4)),
    });
  }
}

/** 16-bit samples of µ-law bytes. */
export function muLawSamples(bytes: Uint8Array): Int16Array {
  return Int16Array.from(bytes, (byte) => muLaw[byte] ?? 0);
}

/** ITU-T G.711 µ-law to linear. */
const muLaw = Int16Array.from({ length: 256 }, (_, byte) => {
  const inverted = ~byte & 255;
  const magnitude = (((inverted & 15) << 3) + 132) << ((inverted >> 4) & 7);
  return inverted & 128 ? 132 - magnitude : magnitude - 132;
});
