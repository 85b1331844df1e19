import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import type { AriLibrary, ChannelData } from './ari-library.ts';
import type { CallsInside } from './calls-inside.ts';

export interface AdoptionOptions {
  readonly app: string;
  readonly library: AriLibrary;
  readonly calls: CallsInside;
  readonly clock: Clock;
  readonly log: Log;
}

const retryMs = 250;

/** Matches our calls with Asterisk's channels after a (re)connect: Asterisk repeats neither StasisStart nor the ends of calls. */
export class Adoption {
  readonly #options: AdoptionOptions;
  #run = 0;
  #cancelRetry: () => void = () => {};

  constructor(options: AdoptionOptions) {
    this.#options = options;
  }

  /** Starts over; an earlier run has no further effect. */
  start(): void {
    this.stop();
    void this.#compare(this.#run);
  }

  stop(): void {
    this.#run++;
    this.#cancelRetry();
  }

  async #compare(run: number): Promise<void> {
    const { library, calls, clock, log } = this.#options;
    const before = calls.ids();
    const watch = calls.watchEnds();
    try {
      const channels = await library.channels();
      if (run === this.#run) this.#apply(channels, before, watch.ended);
    } catch (error) {
      if (run !== this.#run) return;
      log.warn('Channels could not be listed after connecting; retrying', { error });
      this.#cancelRetry = clock.after(retryMs, () => void this.#compare(run));
    } finally {
      watch.stop();
    }
  }

  /**
   * @param before calls inside when the list was requested: only their absence means anything
   * @param ended calls that ended since, which may still be in the list
   */
  #apply(channels: readonly ChannelData[], before: ReadonlySet<string>, ended: ReadonlySet<string>): void {
    const { app, calls, log } = this.#options;
    const inside = new Map(inApp(channels, app).map((found) => [found.channel.id, found]));
    const elsewhere = new Set(channels.map(({ id }) => id).filter((id) => !inside.has(id)));
    for (const id of before) {
      if (elsewhere.has(id)) calls.deliver(id, { type: 'left', at: null });
      else if (!inside.has(id)) calls.deliver(id, { type: 'gone' });
    }
    const present = [...inside.values()].filter(({ channel }) => !ended.has(channel.id));
    const found = present.filter(({ channel }) => !before.has(channel.id)).length;
    if (found > 0) log.info('Calls found inside after connecting', { count: found });
    for (const { channel, args } of present) {
      calls.arrive({ id: channel.id, answered: channel.state === 'Up' }, args, true);
    }
  }
}

/** The channels in Stasis(app,…) with their arguments, which hold no comma: they are URI-encoded. */
export function inApp(
  channels: readonly ChannelData[],
  app: string,
): { readonly channel: ChannelData; readonly args: readonly string[] }[] {
  return channels.flatMap((channel) => {
    const { dialplan } = channel;
    const [name, ...args] = (dialplan?.app_data ?? '').split(',');
    return dialplan?.app_name === 'Stasis' && name === app ? [{ channel, args }] : [];
  });
}
