import { callFactsFromEntry, watchdogAtFromEntry } from '../screening/call-facts.ts';
import { parseEntryArgs } from '../screening/entry-args.ts';
import type { ArrivedCall, CallEvent, Clock, ScreeningLog } from '../screening/ports.ts';
import { AriCall } from './ari-call.ts';
import type { StartedChannel } from './ari-events.ts';
import type { AriLibrary } from './ari-library.ts';

export interface CallsInsideOptions {
  readonly node: string;
  readonly defaultRegion: string;
  readonly clock: Clock;
  readonly log: ScreeningLog;
}

export type CallHandler = (call: ArrivedCall) => void;

/** The calls that are in the app now, by channel id; hands every event to its call. */
export class CallsInside {
  readonly #options: CallsInsideOptions;
  readonly #library: AriLibrary;
  readonly #handler: CallHandler;
  readonly #calls = new Map<string, AriCall>();
  /** Ids that ended while somebody compares a list with us. */
  readonly #watchers = new Set<Set<string>>();

  constructor(options: CallsInsideOptions, library: AriLibrary, handler: CallHandler) {
    this.#options = options;
    this.#library = library;
    this.#handler = handler;
  }

  ids(): ReadonlySet<string> {
    return new Set(this.#calls.keys());
  }

  /** Collects the ids of calls that end from now until `stop`. */
  watchEnds(): { readonly ended: ReadonlySet<string>; stop(): void } {
    const ended = new Set<string>();
    this.#watchers.add(ended);
    return { ended, stop: () => void this.#watchers.delete(ended) };
  }

  tell(channelId: string, event: CallEvent): void {
    this.#calls.get(channelId)?.tell(event);
  }

  /** A channel that is inside already is the same call, told twice (StasisStart and adoption may overlap). */
  arrive(channel: StartedChannel, args: readonly string[], adopted: boolean): void {
    if (this.#calls.has(channel.id)) return;
    const { log, node } = this.#options;
    try {
      const call = this.#build(channel, args, adopted);
      this.#calls.set(channel.id, call);
      this.#handler(call);
    } catch (error) {
      log.error('Call could not be taken, sent on in the dialplan', {
        callId: `${node}/${channel.id}`,
        error,
      });
      this.#release(channel.id);
    }
  }

  #build(channel: StartedChannel, args: readonly string[], adopted: boolean): AriCall {
    const { node, defaultRegion, clock, log } = this.#options;
    const receivedAt = clock.now();
    const fields = parseEntryArgs(args);
    return new AriCall({
      channelId: channel.id,
      facts: callFactsFromEntry(fields, { node, defaultRegion, channelId: channel.id, receivedAt }),
      watchdogAt: watchdogAtFromEntry(fields, receivedAt),
      adopted,
      answered: channel.answered,
      library: this.#library,
      log,
      onEnd: () => {
        this.#calls.delete(channel.id);
        for (const ended of this.#watchers) ended.add(channel.id);
      },
    });
  }

  /** The priority after Stasis() leads to the operators; nobody here screens this call. */
  #release(channelId: string): void {
    this.#library.continueAt(channelId, null).catch((error: unknown) => {
      this.#options.log.error('Call could not be sent on; the watchdog will', { channelId, error });
    });
  }
}
