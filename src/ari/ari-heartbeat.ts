import type { Clock } from '../process/clock.ts';
import { CallControlError } from '../screening/ports.ts';
import type { AriAnswer } from './ari-answer.ts';
import { answerError, parseJson } from './ari-answer.ts';
import type { AriHttp } from './ari-http.ts';

/** The global variable that `dialplan/gatehouse.conf` compares with Asterisk's clock. */
const variable = 'GATEHOUSE_BEAT';
/** For the dialplan a beat older than 6 s means that Gatehouse is frozen. */
const defaultIntervalMs = 2000;
/** After so many unanswered beats, Asterisk does not receive ours either. */
const mostUnanswered = 2;

export interface AriHeartbeatOptions {
  readonly http: AriHttp;
  readonly clock: Clock;
  readonly intervalMs?: number;
  /** Asterisk's time in whole seconds, and `clock.now()` before the request. */
  readonly onTime: (epochSeconds: number, askedAt: number) => void;
  /** Asterisk refuses us, or has not answered twice: it must not hand us calls. */
  readonly onFailed: (reason: string) => void;
}

/**
 * Every two seconds writes to Asterisk that this process is alive: while it is frozen or cut off, the dialplan lets callers bypass
 * it at once. A global variable, because a write to a channel's would take DB() from it.
 */
export class AriHeartbeat {
  readonly #options: AriHeartbeatOptions;
  #cancel = () => {};
  #run = 0;
  #unanswered = 0;

  constructor(options: AriHeartbeatOptions) {
    this.#options = options;
  }

  /** @throws CallControlError when Asterisk does not accept it */
  async beat(): Promise<void> {
    // Asterisk's time: the two clocks may differ.
    const askedAt = this.#options.clock.now();
    const now = await this.#ask('GET', 'variable=EPOCH');
    const epoch = (parseJson(now.body) as { value?: unknown } | null)?.value;
    if (typeof epoch !== 'string' || !/^\d{9,12}$/.test(epoch))
      throw new CallControlError('refused', 'Asterisk did not return its time', now.status);
    this.#options.onTime(Number(epoch), askedAt);
    await this.#ask('POST', `variable=${variable}&value=${epoch}`);
  }

  /** Continues after a first beat that was accepted. */
  start(): void {
    this.stop();
    this.#unanswered = 0;
    this.#next(this.#run);
  }

  stop(): void {
    this.#run++;
    this.#cancel();
  }

  #next(run: number): void {
    const { clock, intervalMs } = this.#options;
    this.#cancel = clock.after(intervalMs ?? defaultIntervalMs, () => void this.#beatAgain(run));
  }

  async #beatAgain(run: number): Promise<void> {
    try {
      await this.beat();
      this.#unanswered = 0;
    } catch (error) {
      this.#unanswered++;
      const isRefused = error instanceof CallControlError && error.code === 'refused';
      if (run === this.#run && (isRefused || this.#unanswered >= mostUnanswered)) {
        this.#options.onFailed(`heartbeat failed: ${error instanceof Error ? error.message : String(error)}`);
        return;
      }
    }
    if (run === this.#run) this.#next(run);
  }

  async #ask(method: string, query: string): Promise<AriAnswer> {
    const answer = await this.#options.http.request(method, `/asterisk/variable?${query}`);
    const error = answerError(`${method} /asterisk/variable`, answer);
    // A missing variable or route does not mean that a call ended.
    if (error !== null) throw new CallControlError('refused', error.message, answer.status);
    return answer;
  }
}
