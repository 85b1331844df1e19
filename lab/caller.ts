import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallerScript, callerScenario } from './caller-scenario.ts';
import { Child } from './child.ts';
import { freePorts, releasePorts } from './free-ports.ts';
import { callerSounds } from './voices.ts';

export interface CallerOptions {
  /** Asterisk's SIP address, `host:port`. */
  readonly sip: string;
  /** Directory for scenario and logs. */
  readonly dir: string;
  /** How many calls this SIPp makes; 1 by default. */
  readonly calls?: number;
  /** New calls a second when `calls` is above 1. */
  readonly rate?: number;
  /** Hard limit of the whole run. */
  readonly timeoutMs?: number;
  readonly transport?: 'udp' | 'tcp';
  /** The address that calls come from; 127.0.0.1 by default, which is the carrier trunk. */
  readonly localAddress?: string;
  /** Callers' numbers, taken in turn; the script's `from` must then be `[field0]`. */
  readonly numbers?: readonly string[];
  /** Notes every message with its time, for `messages()`. */
  readonly noteMessages?: boolean;
}

/** One SIP message as SIPp sent or received it. */
export interface NotedMessage {
  /** Epoch ms, to the microsecond. */
  readonly at: number;
  readonly sent: boolean;
  readonly callId: string;
  /** As in CSeq: `1 INVITE`. */
  readonly sequence: string;
  /** `SIP/2.0 200 OK`, `BYE sip:… SIP/2.0`. */
  readonly firstLine: string;
}

export interface CallerResult {
  /** SIP Call-ID of each call, and how it went: `answered`, then `hung-up` or `ended-by-peer`; `rejected-607`; `cancelled`. */
  readonly calls: ReadonlyMap<string, readonly string[]>;
  /** SIPp's exit code; 0 when every call followed the script. */
  readonly exitCode: number | null;
}

/** A SIPp process that rings the carrier trunk. */
export class LabCaller {
  readonly child: Child;
  /** Where this caller receives RTP (of its first call). */
  readonly mediaPort: number;
  readonly #sipPort: number;
  readonly #dir: string;
  readonly #id: string;

  private constructor(child: Child, ports: { sip: number; media: number }, dir: string, id: string) {
    this.child = child;
    this.#sipPort = ports.sip;
    this.mediaPort = ports.media;
    this.#dir = dir;
    this.#id = id;
  }

  static async ring(script: CallerScript, options: CallerOptions): Promise<LabCaller> {
    const id = `lab-${randomUUID().slice(0, 8)}`;
    const dir = join(options.dir, id);
    await mkdir(dir, { recursive: true });
    await writeFile(
      join(dir, 'caller.xml'),
      Buffer.from(callerScenario(script, await callerSounds()), 'latin1'),
    );
    if (options.numbers !== undefined)
      await writeFile(join(dir, 'numbers.csv'), `SEQUENTIAL\n${options.numbers.join('\n')}\n`);
    // Somebody who did not ask for free ports may have taken one before SIPp does.
    for (let attempt = 1; ; attempt++) {
      const [sip = 0, media = 0] = await freePorts(2);
      const child = new Child('caller', 'sipp', sippArguments(options, id, { sip, media }), {
        log: join(dir, 'sipp.out'),
        cwd: dir,
        env: { ...process.env, TERM: 'dumb' },
      });
      void child.ended.then(() => releasePorts([sip, media]));
      const dials = async (): Promise<boolean> =>
        (await readFile(join(dir, 'result.log'), 'utf8').catch(() => '')).includes('DIALS');
      while (child.running && !(await dials())) await sleep(5);
      const started = await dials();
      if (started || attempt === 5) return new LabCaller(child, { sip, media }, dir, id);
    }
  }

  /** SIP Call-ID of the n-th call, from 1. */
  callId(n = 1): string {
    return `${n}-${this.#id}`;
  }

  /** SIP Call-IDs of the first so many calls. */
  callIds(calls: number): string[] {
    return Array.from({ length: calls }, (_, index) => this.callId(index + 1));
  }

  /** Tells a `pressTold` caller what to press. */
  async tell(digits: string, n = 1): Promise<void> {
    const body = `digits=${digits}`;
    const message = [
      'MESSAGE sip:caller@127.0.0.1 SIP/2.0',
      'Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKtell',
      'From: <sip:lab@127.0.0.1>;tag=lab',
      'To: <sip:caller@127.0.0.1>;tag=caller',
      `Call-ID: ${this.callId(n)}`,
      'CSeq: 1 MESSAGE',
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.send(message, this.#sipPort, '127.0.0.1', () => resolve()));
    socket.close();
  }

  /** What is known of the calls so far. */
  async results(): Promise<CallerResult['calls']> {
    const calls = new Map<string, string[]>();
    const text = await readFile(join(this.#dir, 'result.log'), 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const match = /RESULT (\S+) (\S+)/.exec(line);
      if (match === null) continue;
      const [, how = '', callId = ''] = match;
      calls.set(callId, [...(calls.get(callId) ?? []), how]);
    }
    return calls;
  }

  /** Resolves when all calls are over. */
  async finished(): Promise<CallerResult> {
    const { code } = await this.child.ended;
    return { calls: await this.results(), exitCode: code };
  }

  /** All messages of all calls in their order; only with `noteMessages`. */
  async messages(): Promise<NotedMessage[]> {
    const text = await readFile(join(this.#dir, 'messages.log'), 'latin1').catch(() => '');
    return text.split('\n').flatMap((line) => {
      const [, , at, direction, callId, sequence, firstLine] = line.split('\t');
      if (callId === undefined || sequence === undefined || firstLine === undefined) return [];
      const noted = { at: Number(at) * 1000, sent: direction === 'S' };
      return [{ ...noted, callId, sequence: sequence.replace('CSeq:', ''), firstLine }];
    });
  }

  /** SIPp's own account of what went wrong, empty when nothing did. */
  errors(): Promise<string> {
    return readFile(join(this.#dir, 'errors.log'), 'utf8').catch(() => '');
  }
}

function sippArguments(options: CallerOptions, id: string, ports: { sip: number; media: number }): string[] {
  const calls = options.calls ?? 1;
  const seconds = Math.ceil((options.timeoutMs ?? 60_000) / 1000);
  const address = options.localAddress ?? '127.0.0.1';
  const given: Record<string, string | number> = {
    '-sf': 'caller.xml',
    '-i': address,
    '-p': ports.sip,
    '-mi': address,
    '-mp': ports.media,
    '-m': calls,
    '-r': options.rate ?? 1,
    '-l': calls,
    '-cid_str': `%u-${id}`,
    '-t': options.transport === 'tcp' ? 't1' : 'u1',
    '-log_file': 'result.log',
    '-error_file': 'errors.log',
    '-timeout': `${seconds}s`,
    '-default_behaviors': 'all,-bye',
    ...(options.numbers && { '-inf': 'numbers.csv' }),
    ...(options.noteMessages && { '-shortmessage_file': 'messages.log' }),
  };
  const flags = ['-nostdin', '-trace_logs', '-trace_err', '-timeout_error'];
  if (options.noteMessages) flags.push('-trace_shortmsg');
  return [options.sip, ...flags, ...Object.entries(given).flatMap(([name, value]) => [name, String(value)])];
}
