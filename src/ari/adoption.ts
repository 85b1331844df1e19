import type { Clock, ScreeningLog } from '../screening/ports.ts';
import type { AriLibrary, ChannelData } from './ari-library.ts';
import type { CallsInside } from './calls-inside.ts';

export interface AdoptionOptions {
  readonly app: string;
  readonly library: AriLibrary;
  readonly calls: CallsInside;
  readonly clock: Clock;
  readonly log: ScreeningLog;
}

const retryMs = 250;

/**
 * Makes our calls agree with Asterisk's channels after a (re)connect: StasisStart is not sent again, and what ended
 * meanwhile is not told.
 */
export class Adoption {
  readonly #options: AdoptionOptions;
  #run = 0;
  #cancelRetry: () => void = () => {};

  constructor(options: AdoptionOptions) {
    this.#options = options;
  }

  /** Starts over; an earlier run has no effect any more. */
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
      log.warn('Channels could not be listed after connecting, trying again', { error });
      this.#cancelRetry = clock.after(retryMs, () => void this.#compare(run));
    } finally {
      watch.stop();
    }
  }

  /**
   * @param before calls inside when the list was asked for: only of those does their absence say something
   * @param ended calls that ended since: the list may still show them
   */
  #apply(channels: readonly ChannelData[], before: ReadonlySet<string>, ended: ReadonlySet<string>): void {
    const { app, calls, log } = this.#options;
    const inApp = new Map<string, ChannelData>();
    const elsewhere = new Set<string>();
    for (const channel of channels) {
      if (stasisArgs(channel, app) === null) elsewhere.add(channel.id);
      else inApp.set(channel.id, channel);
    }
    for (const id of before) {
      if (elsewhere.has(id)) calls.tell(id, { type: 'left' });
      else if (!inApp.has(id)) calls.tell(id, { type: 'hangup', cause: null });
    }
    const found = [...inApp.values()].filter(({ id }) => !before.has(id) && !ended.has(id));
    if (found.length > 0) log.info('Calls found inside after connecting', { count: found.length });
    for (const channel of found) {
      calls.arrive(
        { id: channel.id, answered: channel.state === 'Up' },
        stasisArgs(channel, app) ?? [],
        true,
      );
    }
  }
}

/** The arguments of a channel that is in Stasis(app,…), null when it is elsewhere. They hold no comma: URI-encoded. */
function stasisArgs({ dialplan }: ChannelData, app: string): string[] | null {
  if (dialplan?.app_name !== 'Stasis') return null;
  const [name, ...args] = (dialplan.app_data ?? '').split(',');
  return name === app ? args : null;
}
