import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Child, until } from './child.ts';
import { callerSounds } from './voices.ts';

const exec = promisify(execFile);
const [sipPort, controlPort] = [5060, 4444];
/** The namespace ends by itself when whoever made it was killed. */
const longestSeconds = 600;

/**
 * A network of its own for one phone: softphones refuse the loopback address. It is a network namespace without a name, which ends with its
 * processes, and with it the cable to this machine. Needs root.
 */
export class PhoneNetwork {
  readonly #holder: Child;
  /** This machine's end of the cable. */
  readonly here: string;
  /** The phone's. */
  readonly there: string;

  private constructor(holder: Child, here: string, there: string) {
    this.#holder = holder;
    this.here = here;
    this.there = there;
  }

  /** @param dir for its log */
  static async make(dir: string): Promise<PhoneNetwork> {
    const holder = new Child('phone network', 'unshare', ['--net', 'sleep', String(longestSeconds)], {
      log: join(dir, 'phone-network.out'),
    });
    // Benchmark addresses (RFC 2544) are nobody's; the holder's pid makes them ours alone.
    const net = `198.${18 + ((holder.pid >> 14) & 1)}.${(holder.pid >> 6) & 255}.${(holder.pid << 2) & 255}`;
    const host = (at: number): string => net.replace(/\d+$/, (last) => String(Number(last) + at));
    const network = new PhoneNetwork(holder, host(1), host(2));
    try {
      await network.#cable();
    } catch (error) {
      await network.remove();
      throw error;
    }
    return network;
  }

  async #cable(): Promise<void> {
    const { pid } = this.#holder;
    // Until then the holder is still in the machine's own network.
    await until('a network namespace', 5000, async () => {
      const [ours, its] = await Promise.all(
        ['self', String(pid)].map((who) => exec('readlink', [`/proc/${who}/ns/net`])),
      );
      return ours?.stdout === its?.stdout ? null : true;
    });
    const name = `phone${pid}`;
    await exec('ip', `link add ${name} type veth peer name eth0 netns ${pid}`.split(' '));
    await exec('ip', `addr add ${this.here}/30 dev ${name}`.split(' '));
    await exec('ip', `link set ${name} up`.split(' '));
    await this.run('ip', 'addr', 'add', `${this.there}/30`, 'dev', 'eth0');
    await this.run('ip', 'link', 'set', 'eth0', 'up');
    await this.run('ip', 'link', 'set', 'lo', 'up');
  }

  /** A command that runs inside. */
  inside(...command: string[]): readonly string[] {
    return ['nsenter', '--net', '--target', String(this.#holder.pid), ...command];
  }

  async run(...command: string[]): Promise<void> {
    const [program = '', ...args] = this.inside(...command);
    await exec(program, args);
  }

  async remove(): Promise<void> {
    await this.#holder.stop();
  }
}

export interface SoftphoneEvent {
  readonly type: string;
  readonly param: string;
}

/** Baresip: a phone that others wrote. What it hears is recorded; `ctrl_tcp` takes its commands and says what happens. */
export class Softphone {
  readonly #child: Child;
  readonly #control: Socket;
  readonly #dir: string;
  readonly #events: SoftphoneEvent[] = [];
  #unread = '';

  private constructor(child: Child, control: Socket, dir: string) {
    this.#child = child;
    this.#control = control;
    this.#dir = dir;
    control.on('data', (data: Buffer) => this.#read(data.toString('latin1')));
  }

  /** @param user its number, as in From */
  static async start(network: PhoneNetwork, user: string, dir: string): Promise<Softphone> {
    await mkdir(dir, { recursive: true });
    const { voice } = await callerSounds();
    // It hangs up at the end of what it says.
    const raw = ['-t', 'ul', '-r', '8000', '-c', '1'];
    await exec('sox', [
      ...raw,
      voice,
      '-e',
      'signed',
      '-b',
      '16',
      join(dir, 'voice.wav'),
      'pad',
      '0',
      String(longestSeconds),
    ]);
    await writeFile(join(dir, 'config'), configuration(network, dir));
    await writeFile(
      join(dir, 'accounts'),
      `<sip:${user}@${network.there}>;regint=0;audio_codecs=pcmu/8000/1;dtmfmode=rtpevent\n`,
    );
    const [program = '', ...args] = network.inside('baresip', '-f', dir);
    const child = new Child('baresip', program, args, { log: join(dir, 'baresip.out') });
    try {
      const control = await until('baresip to listen', 10_000, () => {
        if (!child.running) throw new Error(`baresip ended at start; see ${dir}/baresip.out`);
        return connected(network.there);
      });
      return new Softphone(child, control, dir);
    } catch (error) {
      await child.stop();
      throw error;
    }
  }

  dial(uri: string): void {
    this.#command('dial', uri);
  }

  /** As an RTP telephone event (RFC 4733). */
  press(digit: string): void {
    this.#command('sndcode', digit);
  }

  hangUp(): void {
    this.#command('hangup', '');
  }

  happened(type: string, withinMs: number): Promise<SoftphoneEvent> {
    return until(
      `${type} at the softphone`,
      withinMs,
      () => this.#events.find((event) => event.type === type) ?? null,
    );
  }

  /** What it has heard so far, 16-bit samples at 8 kHz. */
  async heard(): Promise<Int16Array> {
    const [file] = (await readdir(this.#dir)).filter((name) => /^dump-.*-dec\.wav$/.test(name));
    if (file === undefined) return new Int16Array();
    const wav = await readFile(join(this.#dir, file));
    // Its header has no length before the call is over.
    const at = wav.indexOf('data') + 8;
    return Int16Array.from({ length: (wav.length - at) >> 1 }, (_, index) => wav.readInt16LE(at + index * 2));
  }

  async stop(): Promise<void> {
    this.#control.destroy();
    await this.#child.stop();
  }

  /** JSON in netstrings, each way. */
  #command(command: string, params: string): void {
    const text = JSON.stringify({ command, params });
    this.#control.write(`${Buffer.byteLength(text)}:${text},`);
  }

  #read(data: string): void {
    this.#unread += data;
    for (;;) {
      const [whole, length = '0'] = /^(\d+):/.exec(this.#unread) ?? [];
      if (whole === undefined) return;
      const end = whole.length + Number(length);
      if (this.#unread.length <= end) return;
      const message = JSON.parse(this.#unread.slice(whole.length, end)) as Partial<SoftphoneEvent>;
      this.#unread = this.#unread.slice(end + 1);
      if (message.type !== undefined) this.#events.push({ type: message.type, param: message.param ?? '' });
    }
  }
}

async function connected(host: string): Promise<Socket | null> {
  const socket = connect(controlPort, host);
  return once(socket, 'connect').then(
    () => socket,
    () => null,
  );
}

function configuration({ there }: PhoneNetwork, dir: string): string {
  return `sip_listen ${there}:${sipPort}
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen ${there}:${controlPort}
audio_source aufile,${dir}/voice.wav
audio_player aubridge,ear
audio_alert aubridge,bell
snd_path ${dir}
`;
}
