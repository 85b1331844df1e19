import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import {
  callFactsFromEntry,
  type EntryReaders,
  oddSettings,
  returnedUntil,
  stayFromEntry,
} from '../screening/entry/call-facts.ts';
import {
  type EntryFields,
  otherContract,
  otherContractRemedy,
  parseEntryArgs,
  readableContracts,
} from '../screening/entry/entry-args.ts';
import type { ArrivedCall, CallEvent } from '../screening/ports.ts';
import { AriCall } from './ari-call.ts';
import type { StartedChannel } from './ari-events.ts';
import type { AriLibrary } from './ari-library.ts';

export interface CallsInsideOptions {
  readonly node: string;
  readonly readers: EntryReaders;
  readonly clock: Clock;
  readonly log: Log;
}

export type CallHandler = (call: ArrivedCall) => void;

/** The calls in the app, by channel id; routes every event to its call. */
export class CallsInside {
  readonly #options: CallsInsideOptions;
  readonly #library: AriLibrary;
  readonly #handler: CallHandler;
  #oddSettings: readonly string[] = [];
  #otherContract: string | null = null;
  readonly #calls = new Map<string, AriCall>();
  /** Ids of calls that end while a list is compared with these. */
  readonly #watchers = new Set<Set<string>>();

  constructor(options: CallsInsideOptions, library: AriLibrary, handler: CallHandler) {
    this.#options = options;
    this.#library = library;
    this.#handler = handler;
  }

  /** Dialplan settings out of range, according to the newest call. */
  get oddSettings(): readonly string[] {
    return this.#oddSettings;
  }

  /** Version of a dialplan whose calls are not screened, according to the newest call; null: it is one of ours. */
  get otherContract(): string | null {
    return this.#otherContract;
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

  deliver(channelId: string, event: CallEvent): void {
    this.#calls.get(channelId)?.deliver(event);
  }

  /**
   * A channel that is already inside is the same call, reported twice (StasisStart and adoption may overlap), or returned by the
   * dialplan for its challenge.
   */
  arrive(channel: StartedChannel, args: readonly string[], adopted: boolean): void {
    const { log, node, clock } = this.#options;
    const inside = this.#calls.get(channel.id);
    if (inside !== undefined) {
      const fields = parseEntryArgs(args);
      if (fields.step !== '') inside.returned(fields.step, returnedUntil(fields, clock.now()));
      return;
    }
    try {
      const fields = parseEntryArgs(args);
      this.#noteContract(otherContract(fields));
      // What it means by an exit or a timer is unknown here. What leads on from Stasis() is the same in every version: the operators.
      if (this.#otherContract !== null) {
        this.#release(channel.id);
        return;
      }
      const call = this.#build(channel, fields, adopted);
      this.#calls.set(channel.id, call);
      this.#handler(call);
    } catch (error) {
      log.error('Call could not be accepted; sent on in the dialplan', {
        callId: `${node}/${channel.id}`,
        error,
      });
      this.#release(channel.id);
    }
  }

  #noteContract(version: string | null): void {
    if (version === this.#otherContract) return;
    this.#otherContract = version;
    if (version === null) this.#options.log.info('The dialplan is of a version that is read here, again');
    else
      this.#options.log.error('The dialplan is of another version: calls go to the operators unscreened', {
        ...{ code: 'other-dialplan', version, readable: readableContracts },
        remedy: otherContractRemedy,
      });
  }

  #noteSettings(odd: readonly string[]): void {
    if (odd.join() === this.#oddSettings.join()) return;
    this.#oddSettings = odd;
    if (odd.length === 0) return;
    const remedy =
      'Set it to a whole number within its range in [globals] of extensions.conf, then "dialplan reload".';
    this.#options.log.warn('The dialplan uses a default instead of a setting out of range', {
      settings: odd,
      remedy,
    });
  }

  #build(channel: StartedChannel, fields: EntryFields, adopted: boolean): AriCall {
    const { node, readers, clock, log } = this.#options;
    const receivedAt = clock.now();
    this.#noteSettings(oddSettings(fields));
    return new AriCall({
      channelId: channel.id,
      facts: callFactsFromEntry(fields, { ...readers, node, channelId: channel.id, receivedAt }),
      stay: stayFromEntry(fields, receivedAt),
      adopted,
      answered: channel.answered,
      library: this.#library,
      clock,
      log,
      onEnd: () => {
        this.#calls.delete(channel.id);
        for (const ended of this.#watchers) ended.add(channel.id);
      },
    });
  }

  /** Sends on a call that is not screened here: the priority after Stasis() leads to the operators. */
  #release(channelId: string): void {
    this.#library.continueAt(channelId, null).catch((error: unknown) => {
      this.#options.log.error('Call could not be sent on; the watchdog will', { channelId, error });
    });
  }
}
