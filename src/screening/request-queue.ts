import type { FlowCommand } from './flow-step.ts';
import type { CallControl, Clock, PromptMedia } from './ports.ts';
import { withDeadline } from './request-deadline.ts';

/** Stopping a prompt is a courtesy: without it the call waits for the prompt's end. */
const stopDeadlineMs = 1000;
/** What is played in the moment of the answer is clipped. */
const leadInMedia = 'sound:silence/1';

export interface RequestQueueDeps {
  readonly control: CallControl;
  readonly clock: Clock;
  readonly promptMedia: PromptMedia;
  readonly requestDeadlineMs: number;
  /** True when what is still queued must not be sent any more. */
  readonly isOver: () => boolean;
  readonly answered: () => void;
  readonly failed: (error: unknown) => void;
}

export type QueuedCommand = Extract<FlowCommand, { do: 'answer' | 'play' | 'stop' }>;

/** Sends the requests of one call one after the other: a prompt stopped before it was started would never stop. */
export class RequestQueue {
  readonly #deps: RequestQueueDeps;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: RequestQueueDeps) {
    this.#deps = deps;
  }

  send(command: QueuedCommand): void {
    this.#enqueue(() => this.#request(command));
  }

  /** Runs `action` when everything before it is done. */
  afterwards(action: () => void): void {
    this.#enqueue(async () => action());
  }

  #enqueue(work: () => Promise<void>): void {
    const { isOver, failed } = this.#deps;
    this.#last = this.#last.then(() => (isOver() ? undefined : work())).catch(failed);
  }

  async #request(command: QueuedCommand): Promise<void> {
    const { control, clock, requestDeadlineMs, promptMedia } = this.#deps;
    switch (command.do) {
      case 'answer':
        await withDeadline(clock, requestDeadlineMs, () => control.answer());
        this.#deps.answered();
        break;
      case 'play': {
        const spoken = promptMedia.media(command.prompt, command.language, command.digits ?? undefined);
        const media = command.leadIn ? [leadInMedia, ...spoken] : spoken;
        await withDeadline(clock, requestDeadlineMs, () => control.play(command.playbackId, media));
        break;
      }
      case 'stop':
        await stopQuietly(control, clock, command.playbackId);
    }
  }
}

/** A prompt that has just ended is 404 too: a failure says nothing of the call. */
export async function stopQuietly(control: CallControl, clock: Clock, playbackId: string): Promise<void> {
  await withDeadline(clock, stopDeadlineMs, () => control.stopPlayback(playbackId)).catch(() => {});
}
