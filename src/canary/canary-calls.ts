import { randomBytes, randomUUID } from 'node:crypto';
import type { Exit } from '../call/outcome.ts';
import type { Clock } from '../process/clock.ts';
import { withDeadline } from '../process/deadline.ts';
import { dialplanTarget } from '../screening/exit-target.ts';
import { type ArrivedCall, CallControlError, type CallEvent } from '../screening/ports.ts';
import type { CanaryLine } from './canary-line.ts';

/** Of the channels' ids; the dialplan knows a canary by it. Callers cannot choose such an id: Asterisk gives its own. */
const prefix = 'gatehouse-canary-';
/** A caller arrives within milliseconds. */
const arriveMs = 5_000;
const soundMs = 3_000;

/** Where the dialplan stopped a canary. */
export interface Door {
  /** The exit: `operators`, `voicemail`, a named one; empty: nobody was left to send it to. */
  readonly at: string;
  /** `operators`, `voicemail:<box>`, `nowhere`, as in notes of the dialplan. */
  readonly to: string;
  /** Why it is not where it was sent; empty: it is. */
  readonly why: string;
  /** Why it bypassed screening; empty: it did not. */
  readonly bypass: string;
  read(expression: string): Promise<string>;
  /** True when Asterisk can play this sound. */
  plays(media: string): Promise<boolean>;
}

/** The canary calls under way. Their ids are random and held here alone: no other call is taken for one. */
export class CanaryCalls {
  readonly #line: CanaryLine;
  readonly #clock: Clock;
  readonly #under = new Map<string, Walk>();

  constructor(line: CanaryLine, clock: Clock) {
    this.#line = line;
    this.#clock = clock;
  }

  /** True: it is no caller. Never throws. */
  takes(call: ArrivedCall): boolean {
    const id = call.facts.callId.slice(call.facts.callId.indexOf('/') + 1);
    if (!id.startsWith(prefix) && !id.startsWith(`app-${prefix}`)) return false;
    const walk = this.#under.get(id);
    // Given up, of a process that ended, or the half that a caller would have in hand, which nobody should have answered.
    if (walk === undefined) void this.#line.hangUp(id).catch(() => {});
    else walk.arrived(call);
    return true;
  }

  /**
   * Calls `number` and sends the call to `exit`, as a caller's is sent; `look` sees where it was stopped. Nobody is rung.
   * @throws CallControlError when it did not come that far
   */
  async walk<T>(
    number: string,
    exit: Exclude<Exit, { kind: 'none' }>,
    look: (door: Door) => Promise<T>,
  ): Promise<T> {
    const id = prefix + randomBytes(16).toString('hex');
    const walk = new Walk(this.#clock);
    this.#under.set(id, walk);
    const read = (expression: string) => this.#line.read(id, expression);
    try {
      await this.#line.place(id, number);
      const call = await walk.next();
      let to = await read('GATEHOUSE_TO');
      if (to === '') {
        await call.control.continueAt(dialplanTarget({ exit }));
        await walk.next();
        to = await read('GATEHOUSE_TO');
      }
      const [at, why, bypass] = [
        await read('GATEHOUSE_AT'),
        await read('GATEHOUSE_WHY'),
        await read('GATEHOUSE_REASON'),
      ];
      const plays = (media: string) => walk.plays((playbackId) => this.#line.playEnd(id, playbackId, media));
      return await look({ at, to, why, bypass, read, plays });
    } finally {
      this.#under.delete(id);
      await this.#line.hangUp(id).catch(() => {});
    }
  }
}

/** The arrivals and events of one canary. */
class Walk {
  readonly #clock: Clock;
  readonly #arrivals: ArrivedCall[] = [];
  readonly #playbacks = new Map<string, (isPlayed: boolean) => void>();
  #waiting: ((call: ArrivedCall) => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  arrived(call: ArrivedCall): void {
    call.listen((event) => this.#on(event));
    if (this.#waiting === null) this.#arrivals.push(call);
    else this.#waiting(call);
    this.#waiting = null;
  }

  next(): Promise<ArrivedCall> {
    const come = new Promise<ArrivedCall>((resolve) => {
      const call = this.#arrivals.shift();
      if (call === undefined) this.#waiting = resolve;
      else resolve(call);
    });
    return withDeadline(() => come, arriveMs, CallControlError.late, this.#clock);
  }

  async plays(start: (playbackId: string) => Promise<void>): Promise<boolean> {
    const playbackId = randomUUID();
    const finished = new Promise<boolean>((resolve) => this.#playbacks.set(playbackId, resolve));
    const play = async () => {
      await start(playbackId);
      return finished;
    };
    return withDeadline(play, soundMs, CallControlError.late, this.#clock);
  }

  #on(event: CallEvent): void {
    if (event.type === 'playback-finished') this.#playbacks.get(event.playbackId)?.(!event.failed);
  }
}
