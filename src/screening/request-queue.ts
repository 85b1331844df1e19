import type { Clock } from '../process/clock.ts';
import { withDeadline } from '../process/deadline.ts';
import { isInterrupted } from './call-stay.ts';
import type { FlowCommand } from './flow-step.ts';
import { type CallControl, CallControlError, type PromptMedia } from './ports.ts';

/** Stopping a prompt is a courtesy: without it the call waits for the prompt's end. */
const stopDeadlineMs = 1000;
/** What a former process played to an interrupted caller ends first. */
const oldPromptMs = 12_000;
/** What is played in the moment of the answer is clipped. */
const leadInMedia = 'sound:silence/1';

interface RequestQueueDeps {
  readonly control: CallControl;
  readonly clock: Clock;
  readonly promptMedia: PromptMedia;
  readonly requestDeadlineMs: number;
  /** True when what is still queued must not be sent any more. */
  readonly isOver: () => boolean;
  readonly answered: () => void;
  /** The dialplan gives the call until then, epoch ms. */
  readonly entered: (watchdogAt: number) => void;
  readonly failed: (error: unknown) => void;
}

type QueuedCommand = Extract<FlowCommand, { do: 'answer' | 'play' | 'stop' }>;

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

  /** Asks for the time of a challenge, before anything is asked of the caller. */
  enterChallenge(step: string): void {
    const { control, clock, requestDeadlineMs, entered } = this.#deps;
    const deadlineMs = requestDeadlineMs + (isInterrupted(step) ? oldPromptMs : 0);
    this.#enqueue(async () =>
      entered(
        await withDeadline(() => control.enterChallenge(step), deadlineMs, CallControlError.late, clock),
      ),
    );
  }

  /** Runs `action` when everything before it is done. */
  afterward(action: () => void): void {
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
        await withDeadline(() => control.answer(), requestDeadlineMs, CallControlError.late, clock);
        this.#deps.answered();
        break;
      case 'play': {
        const spoken = promptMedia.media(command.prompt, command.language, command.digits ?? undefined);
        const media = command.leadIn ? [leadInMedia, ...spoken] : spoken;
        await withDeadline(
          () => control.play(command.playbackId, media),
          requestDeadlineMs,
          CallControlError.late,
          clock,
        );
        break;
      }
      case 'stop':
        await stopQuietly(control, clock, command.playbackId);
    }
  }
}

/** A prompt that has just ended is 404 too: a failure says nothing of the call. */
export async function stopQuietly(control: CallControl, clock: Clock, playbackId: string): Promise<void> {
  await withDeadline(
    () => control.stopPlayback(playbackId),
    stopDeadlineMs,
    CallControlError.late,
    clock,
  ).catch(() => {});
}
