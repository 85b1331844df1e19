import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callerScenario } from '../caller-scenario.ts';
import { Child } from '../child.ts';
import { freePorts } from '../free-ports.ts';
import { readMessages, type SipMessage } from '../sip-messages.ts';
import { callerSounds } from '../voices.ts';
import { type CallerKind, calledNumber, patienceMs } from './caller-kinds.ts';

export interface CallerGroupPlan {
  /** Part of its SIP Call-IDs. */
  readonly name: string;
  readonly kind: CallerKind;
  readonly numbers: readonly string[];
  /** ms between two calls. */
  readonly everyMs: number;
  readonly sip: string;
  readonly dir: string;
}

/** What one caller did and heard, by SIP alone. */
export interface SipView {
  readonly callId: string;
  readonly kind: CallerKind;
  readonly number: string;
  readonly messages: readonly SipMessage[];
  /** Epoch ms of key presses. */
  readonly presses: readonly number[];
}

/** Callers of one kind who ring at regular times: a SIPp process of their own. */
export class CallerGroup {
  readonly child: Child;
  readonly plan: CallerGroupPlan;
  readonly #dir: string;
  readonly #id: string;

  private constructor(child: Child, plan: CallerGroupPlan, dir: string, id: string) {
    this.child = child;
    this.plan = plan;
    this.#dir = dir;
    this.#id = id;
  }

  /** Resolves when the first call was dialed. */
  static async start(plan: CallerGroupPlan): Promise<CallerGroup> {
    const { kind, numbers, name: id } = plan;
    const dir = join(plan.dir, id);
    await mkdir(dir, { recursive: true });
    const script = { ...kind.script, from: '[field0]', to: calledNumber };
    await writeFile(
      join(dir, 'caller.xml'),
      Buffer.from(callerScenario(script, await callerSounds()), 'latin1'),
    );
    await writeFile(join(dir, 'numbers.csv'), `SEQUENTIAL\n${numbers.map((one) => `${one};\n`).join('')}`);
    for (let attempt = 1; ; attempt++) {
      const [sip = 0, media = 0] = await freePorts(2);
      const child = new Child(id, 'sipp', sippArguments(plan, id, { sip, media }), {
        log: join(dir, 'sipp.out'),
        cwd: dir,
        env: { ...process.env, TERM: 'dumb' },
      });
      const dials = async (): Promise<boolean> =>
        (await readFile(join(dir, 'result.log'), 'utf8').catch(() => '')).includes('DIALS');
      while (child.running && !(await dials())) await sleep(10);
      if ((await dials()) || attempt === 5) return new CallerGroup(child, plan, dir, id);
    }
  }

  isOwn(callId: string): boolean {
    return callId.endsWith(`-${this.#id}`);
  }

  async finished(): Promise<void> {
    await this.child.ended;
  }

  /** The callers so far, in the order in which they rang. */
  async views(): Promise<SipView[]> {
    const messages = Map.groupBy(await readMessages(join(this.#dir, 'messages.csv')), (one) => one.callId);
    const log = await readFile(join(this.#dir, 'result.log'), 'utf8').catch(() => '');
    const presses = new Map<string, number[]>();
    for (const [, callId = '', epoch] of log.matchAll(/PRESSES \S (\S+) \S+\s\S+\s(\d+\.\d+)/g))
      presses.set(callId, [...(presses.get(callId) ?? []), Math.round(Number(epoch) * 1000)]);
    const { kind, numbers } = this.plan;
    return numbers.map((number, index) => {
      const callId = `${index + 1}-${this.#id}`;
      const own = messages.get(callId) ?? [];
      const infos = own.filter((one) => one.isSent && one.method === 'INFO').map(({ at }) => at);
      return { callId, kind, number, messages: own, presses: presses.get(callId) ?? infos };
    });
  }
}

function sippArguments(
  { numbers, everyMs, sip }: CallerGroupPlan,
  id: string,
  ports: { sip: number; media: number },
): string[] {
  const calls = numbers.length;
  const longest = everyMs * calls + 2 * patienceMs + 60_000;
  const given: Record<string, string | number> = {
    '-sf': 'caller.xml',
    '-inf': 'numbers.csv',
    '-i': '127.0.0.1',
    '-p': ports.sip,
    '-mi': '127.0.0.1',
    '-mp': ports.media,
    '-m': calls,
    '-r': 1,
    '-rp': Math.max(1, Math.round(everyMs)),
    '-l': calls,
    '-cid_str': `%u-${id}`,
    '-t': 'u1',
    '-log_file': 'result.log',
    '-error_file': 'errors.log',
    '-shortmessage_file': 'messages.csv',
    '-timeout': `${Math.ceil(longest / 1000)}s`,
    '-default_behaviors': 'all,-bye',
    // An INVITE is repeated for as long as Asterisk is away.
    '-max_invite_retrans': 8,
  };
  const flags = ['-nostdin', '-trace_logs', '-trace_err', '-trace_shortmsg'];
  return [sip, ...flags, ...Object.entries(given).flatMap(([name, value]) => [name, String(value)])];
}
