import type { CallFacts } from '../policy/facts.ts';
import {
  type ArrivedCall,
  type CallControl,
  CallControlError,
  type CallEvent,
  type ScreeningLog,
} from '../screening/ports.ts';
import type { AriLibrary } from './ari-library.ts';

export interface AriCallParts {
  readonly channelId: string;
  readonly facts: CallFacts;
  readonly watchdogAt: number;
  readonly adopted: boolean;
  readonly answered: boolean;
  readonly library: AriLibrary;
  readonly log: ScreeningLog;
  /** Called once, when the first of `hangup` and `left` has come. */
  readonly onEnd: () => void;
}

/** Digits that a caller can pile up before anybody listens. */
const longestQueue = 200;

/** One call in the app: what can be done to it, and what happens to it. After its first `hangup` or `left` nothing comes. */
export class AriCall implements ArrivedCall {
  readonly facts: CallFacts;
  readonly watchdogAt: number;
  readonly adopted: boolean;
  readonly answered: boolean;
  readonly control: CallControl;
  readonly #parts: AriCallParts;
  readonly #queue: CallEvent[] = [];
  #listener: ((event: CallEvent) => void) | null = null;
  #delivering = false;
  #ended = false;

  constructor(parts: AriCallParts) {
    this.#parts = parts;
    this.facts = parts.facts;
    this.watchdogAt = parts.watchdogAt;
    this.adopted = parts.adopted;
    this.answered = parts.answered;
    this.control = this.#control(parts);
  }

  listen(listener: (event: CallEvent) => void): void {
    if (this.#listener !== null) throw new Error('this call has its listener already');
    this.#listener = listener;
    this.#deliver();
  }

  /** Takes an event of this call's channel. */
  tell(event: CallEvent): void {
    if (this.#ended) return;
    const last = event.type === 'hangup' || event.type === 'left';
    if (!last && this.#queue.length >= longestQueue) return;
    this.#ended = last;
    this.#queue.push(event);
    if (last) this.#parts.onEnd();
    this.#deliver();
  }

  /** In order, also when the listener itself causes the next event. */
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
      continueAt: (target) => this.#request(library.continueAt(channelId, target)),
      stopPlayback: (playbackId) => library.stopPlayback(playbackId).catch(forgiveGone),
    };
  }

  /** 404: the channel ended and nothing more will be said of it, so it is told here. */
  async #request(request: Promise<void>): Promise<void> {
    try {
      await request;
    } catch (error) {
      if (isGone(error)) this.tell({ type: 'hangup', cause: null });
      throw error;
    }
  }
}

/** 404 on a playback: it has ended by itself, which is what was wanted. */
function forgiveGone(error: unknown): void {
  if (!isGone(error)) throw error;
}

function isGone(error: unknown): boolean {
  return error instanceof CallControlError && error.code === 'gone';
}
