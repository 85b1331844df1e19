import type { CallFacts } from '../../src/call/facts.ts';
import {
  type ArrivedCall,
  type CallControl,
  CallControlError,
  type CallControlErrorCode,
  type CallEvent,
  type DialplanTarget,
  type Stay,
} from '../../src/screening/ports.ts';
import type { FakeClock } from './fake-clock.ts';

export type FakeRequest =
  | { readonly name: 'answer' }
  | { readonly name: 'play'; readonly playbackId: string; readonly media: readonly string[] }
  | { readonly name: 'stop'; readonly playbackId: string }
  | { readonly name: 'own-call'; readonly number: string }
  | { readonly name: 'enter'; readonly step: string }
  | { readonly name: 'continue'; readonly target: DialplanTarget };

/** What becomes of a request: `never`: no answer at all; `throw`: throws at once, as no adapter should. */
export type FakeReply = 'ok' | 'never' | 'throw' | CallControlErrorCode;

export interface FakeCallOptions {
  readonly facts?: Partial<CallFacts>;
  /** Of the stage in which it arrives; 5 s for a decision, else a minute. */
  readonly watchdogMs?: number;
  /** What the dialplan gives for a challenge; a minute. */
  readonly challengeMs?: number;
  readonly stage?: Stay['stage'];
  readonly interrupted?: boolean;
  readonly adopted?: boolean;
  readonly answered?: boolean;
  /** How long a prompt sounds; null: its end is never told. */
  readonly promptMs?: number | null;
  /** An accepted `continue` takes effect after this; null: never. */
  readonly leaveMs?: number | null;
}

/** A call as Asterisk would present it, with a script for what goes wrong. */
export class FakeCall implements CallControl {
  readonly requests: FakeRequest[] = [];
  /** Asked before each request; `ok` when it gives nothing. */
  script: (request: FakeRequest, nth: number) => FakeReply | undefined = () => undefined;
  promptMs: number | null;
  leaveMs: number | null;
  /** Whether a call of ours shows the caller's number; null: the dialplan does not say. */
  isOwnCallOut: boolean | null = null;
  over: 'left' | 'hangup' | null = null;
  readonly arrived: ArrivedCall;
  readonly #clock: FakeClock;
  readonly #challengeMs: number;
  #listener: ((event: CallEvent) => void) | null = null;
  readonly #early: CallEvent[] = [];
  readonly #playing = new Map<string, () => void>();

  constructor(clock: FakeClock, options: FakeCallOptions = {}) {
    const { stage = 'whole' } = options;
    this.#clock = clock;
    this.#challengeMs = options.challengeMs ?? 60_000;
    this.promptMs = options.promptMs === undefined ? 4000 : options.promptMs;
    this.leaveMs = options.leaveMs === undefined ? 5 : options.leaveMs;
    this.arrived = {
      facts: { ...factsOfACall(clock.now()), ...options.facts },
      stay: {
        stage,
        watchdogAt: clock.now() + (options.watchdogMs ?? (stage === 'decision' ? 5000 : 60_000)),
        interrupted: options.interrupted ?? false,
      },
      adopted: options.adopted ?? false,
      answered: options.answered ?? false,
      control: this,
      listen: (listener) => {
        this.#listener = listener;
        for (const event of this.#early.splice(0)) listener(event);
      },
    };
  }

  answer(): Promise<void> {
    return this.#reply({ name: 'answer' });
  }

  async enterChallenge(step: string): Promise<number> {
    await this.#reply({ name: 'enter', step });
    return this.#clock.now() + this.#challengeMs;
  }

  async ownCallOut(number: string): Promise<boolean | null> {
    await this.#reply({ name: 'own-call', number });
    return this.isOwnCallOut;
  }

  async play(playbackId: string, media: readonly string[]): Promise<void> {
    await this.#reply({ name: 'play', playbackId, media });
    const { promptMs } = this;
    const end = () => this.emit({ type: 'playback-finished', playbackId, failed: false });
    const cancel = promptMs === null ? () => {} : this.#clock.after(promptMs, end);
    this.#playing.set(playbackId, () => {
      cancel();
      end();
    });
  }

  async stopPlayback(playbackId: string): Promise<void> {
    await this.#reply({ name: 'stop', playbackId });
    const stop = this.#playing.get(playbackId);
    if (stop === undefined) throw new CallControlError('gone', 'no such playback', 404);
    this.#playing.delete(playbackId);
    stop();
  }

  async continueAt(target: DialplanTarget): Promise<void> {
    await this.#reply({ name: 'continue', target });
    if (this.leaveMs !== null)
      this.#clock.after(this.leaveMs, () => this.emit({ type: 'left', at: this.#clock.now() }));
  }

  /** Delivers an event; after the call is over there is nothing more to tell. */
  emit(event: CallEvent): void {
    if (this.over !== null) return;
    if (event.type === 'left' || event.type === 'hangup') this.over = event.type;
    if (event.type === 'gone') this.over = 'hangup';
    if (this.#listener === null) this.#early.push(event);
    else this.#listener(event);
  }

  press(digits: string): void {
    for (const digit of digits) this.emit({ type: 'digit', digit });
  }

  hangUp(): void {
    this.emit({ type: 'hangup', cause: 16 });
  }

  sent<N extends FakeRequest['name']>(name: N): Extract<FakeRequest, { name: N }>[] {
    return this.requests.filter((request) => request.name === name) as Extract<FakeRequest, { name: N }>[];
  }

  /** Where the call was sent, `context/extension` each. */
  get targets(): string[] {
    return this.sent('continue').map(({ target }) => `${target.context}/${target.extension}`);
  }

  #reply(request: FakeRequest): Promise<void> {
    const nth = this.requests.filter(({ name }) => name === request.name).length;
    this.requests.push(request);
    const reply = this.script(request, nth) ?? 'ok';
    if (reply === 'throw') throw new Error('the adapter is broken');
    if (reply === 'never') return new Promise(() => {});
    const ended = this.over === 'hangup' ? 'gone' : this.over === 'left' ? 'not-ours' : null;
    const code = reply === 'ok' ? ended : reply;
    return code === null
      ? Promise.resolve()
      : Promise.reject(new CallControlError(code, `fake ${code}`, null));
  }
}

export function factsOfACall(now: number): CallFacts {
  return {
    callId: 'node1/1772463600.17',
    linkedId: '1772463600.17',
    sipCallId: 'abc@carrier.example',
    now,
    caller: { number: '+13175550123', reason: null, raw: '+13175550123', displayName: 'INDIANAPOLIS IN' },
    called: { number: '+13175550100', raw: '3175550100' },
    trunk: 'carrier',
    verification: { result: 'none', attestation: null, signer: null, origid: null, source: null },
    history: null,
    noHistoryReason: 'not-asked',
  };
}
