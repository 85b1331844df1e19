import type { CallFacts } from '../call/facts.ts';
import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import {
  type ArrivedCall,
  type CallControl,
  CallControlError,
  type CallEvent,
  type Stay,
} from '../screening/ports.ts';
import type { AriLibrary } from './ari-library.ts';
import { ChallengeEntry } from './challenge-entry.ts';
import { ownCallOutFrom, ownCallsVariable } from './own-calls.ts';
import { RepeatedPresses } from './repeated-presses.ts';

export interface AriCallParts {
  readonly channelId: string;
  readonly facts: CallFacts;
  readonly stay: Stay;
  readonly adopted: boolean;
  readonly answered: boolean;
  readonly library: AriLibrary;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once, with the first of `hangup`, `gone` and `left`. */
  readonly onEnd: () => void;
}

/** Most digits kept before there is a listener. */
const longestQueue = 200;
/** A 404 can arrive moments before the event with the end of the call. */
const lastWordMs = 1000;

/** One call in the app. Nothing follows its first `hangup`, `gone` or `left`. */
export class AriCall implements ArrivedCall {
  readonly facts: CallFacts;
  readonly stay: Stay;
  readonly adopted: boolean;
  readonly answered: boolean;
  readonly control: CallControl;
  readonly #parts: AriCallParts;
  readonly #queue: CallEvent[] = [];
  readonly #keys = new RepeatedPresses();
  #entry: ChallengeEntry | null = null;
  #listener: ((event: CallEvent) => void) | null = null;
  #delivering = false;
  #ended = false;

  constructor(parts: AriCallParts) {
    this.#parts = parts;
    this.facts = parts.facts;
    this.stay = parts.stay;
    this.adopted = parts.adopted;
    this.answered = parts.answered;
    this.control = this.#control(parts);
  }

  listen(listener: (event: CallEvent) => void): void {
    if (this.#listener !== null) throw new Error('this call already has a listener');
    this.#listener = listener;
    this.#deliver();
  }

  /** Handles an event of this call's channel. */
  deliver(event: CallEvent): void {
    // It leaves to come back.
    if (this.#ended || (event.type === 'left' && this.#entry !== null)) return;
    if (event.type === 'digit' && this.#isRepeated(event)) return;
    const last = event.type === 'hangup' || event.type === 'gone' || event.type === 'left';
    if (!last && this.#queue.length >= longestQueue) return;
    this.#ended = last;
    this.#queue.push(event.type === 'digit' ? { type: 'digit', digit: event.digit } : event);
    if (last) {
      this.#entry?.fail(new CallControlError('gone', 'the call ended', null));
      this.#parts.onEnd();
    }
    this.#deliver();
  }

  /** The dialplan returned the call for the challenge `step`. */
  returned(step: string, watchdogAt: number): void {
    this.#entry?.returned(step, watchdogAt);
  }

  #isRepeated({ digit, at, heldMs }: CallEvent & { type: 'digit' }): boolean {
    return this.#keys.isRepeated(digit, at ?? this.#parts.clock.now(), heldMs ?? 0);
  }

  /** Delivers in order, also when the listener causes the next event. */
  #deliver(): void {
    const listener = this.#listener;
    if (listener === null || this.#delivering) return;
    this.#delivering = true;
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
      try {
        listener(event);
      } catch (error) {
        this.#parts.log.error('Call listener failed', {
          callId: this.facts.callId,
          event: event.type,
          error,
        });
      }
    }
    this.#delivering = false;
  }

  #control({ library, channelId }: AriCallParts): CallControl {
    return {
      answer: () => this.#request(library.answer(channelId)),
      play: (playbackId, media) => this.#request(library.play(channelId, playbackId, media)),
      enterChallenge: (step) => this.#enter(step),
      continueAt: (target) => this.#request(library.continueAt(channelId, target)),
      stopPlayback: (playbackId) => library.stopPlayback(playbackId).catch(forgiveGone),
      ownCallOut: async (number) =>
        ownCallOutFrom(await library.variable(channelId, ownCallsVariable(number))),
    };
  }

  async #enter(step: string): Promise<number> {
    const { clock, library, channelId } = this.#parts;
    const entry = new ChallengeEntry({ clock, library, channelId, step });
    this.#entry = entry;
    try {
      return await entry.enter();
    } catch (error) {
      this.#entry = null;
      if (isGone(error)) this.#foundGone();
      // It went on in the dialplan, which did not return it.
      else if (error instanceof CallControlError && error.code === 'not-ours')
        this.deliver({ type: 'left', at: null });
      throw error;
    } finally {
      this.#entry = null;
    }
  }

  /** 404: the channel ended. Delivers `gone` unless an event does so first. */
  async #request(request: Promise<void>): Promise<void> {
    try {
      await request;
    } catch (error) {
      if (isGone(error)) this.#foundGone();
      throw error;
    }
  }

  #foundGone(): void {
    if (!this.#ended) this.#parts.clock.after(lastWordMs, () => this.deliver({ type: 'gone' }));
  }
}

/** 404 on a playback: it has already ended. */
function forgiveGone(error: unknown): void {
  if (!isGone(error)) throw error;
}

function isGone(error: unknown): boolean {
  return error instanceof CallControlError && error.code === 'gone';
}
