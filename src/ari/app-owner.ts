import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import { answerError, parseJson } from './ari-answer.ts';
import type { AriHttp } from './ari-http.ts';

/** Global variables of Asterisk: the owner of the app, and its heartbeat, which the dialplan reads too. */
const ownerVariable = 'GATEHOUSE_OWNER';
const beatVariable = 'GATEHOUSE_BEAT';
/** The dialplan has the same limit. */
const oldestBeatSeconds = 6;
const lookEveryMs = 1_000;
/** A beat that stays too old for so many checks will not return: a live owner beats every 2 s. */
const deadAfterLooks = 4;
const remindEveryMs = 600_000;

export interface AppOwnerOptions {
  readonly http: AriHttp;
  readonly app: string;
  /** Of this installation, the same after a restart: it takes its own app back at once. Empty: never waits. */
  readonly id: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Two processes with one Stasis app would take it from each other forever, restarted by their service managers. So one that
 * finds a live owner waits, and takes over when that owner ends or its heartbeat stops.
 */
export class AppOwner {
  readonly #options: AppOwnerOptions;

  constructor(options: AppOwnerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the app may be taken, or when it `isOver`. Does not wait when Asterisk does not answer: connecting fails then.
   * @param waits called once when it has to wait
   */
  async untilFree(isOver: () => boolean, waits: () => void): Promise<void> {
    const { clock, log, app, id } = this.#options;
    if (id === '') return;
    let toldAt: number | null = null;
    let deadLooks = 0;
    while (!isOver()) {
      const owner = await this.#owner().catch(() => 'none' as const);
      deadLooks = owner === 'silent' ? deadLooks + 1 : 0;
      if (owner === 'none' || deadLooks >= deadAfterLooks) break;
      if (toldAt === null || clock.now() - toldAt >= remindEveryMs) {
        if (toldAt === null) waits();
        toldAt = clock.now();
        log.warn('Another Gatehouse has this Stasis app; waiting to take over when it ends', {
          app,
          remedy:
            'Stop one of the two. To run both on one Asterisk, give each its own GATEHOUSE_APP and dialplan.',
        });
      }
      await new Promise<void>((resolve) => clock.after(lookEveryMs, resolve));
    }
    if (toldAt !== null && !isOver()) log.info('The other Gatehouse is gone; taking over', { app });
  }

  /** True when another live process has the app. */
  async hasOther(): Promise<boolean> {
    return this.#options.id !== '' && (await this.#owner().catch(() => 'none')) === 'alive';
  }

  /** Claims the app. A failure costs no call: another process just does not wait for us. */
  async claim(): Promise<void> {
    const { http, id } = this.#options;
    if (id === '') return;
    await http.request('POST', `/asterisk/variable?variable=${ownerVariable}&value=${id}`).catch(() => {});
  }

  /** Another process took the app. Unless it claims it itself, we must not take it back right after our restart. */
  async lost(): Promise<void> {
    const { http, id } = this.#options;
    try {
      if (id === '' || (await this.#variable(ownerVariable)) !== id) return;
      await http.request('POST', `/asterisk/variable?variable=${ownerVariable}&value=another`);
    } catch {
      // Then we take it back at once.
    }
  }

  /** `silent`: registered by another process, whose beat is too old. */
  async #owner(): Promise<'none' | 'alive' | 'silent'> {
    const { http, app, id } = this.#options;
    const owner = await this.#variable(ownerVariable);
    if (owner === '' || owner === id) return 'none';
    const registered = await http.request('GET', `/applications/${app}`);
    if (answerError('GET /applications', registered) !== null) return 'none';
    const [beat, now] = [await this.#variable(beatVariable), await this.#variable('EPOCH')];
    return Math.abs(Number(now) - Number(beat)) <= oldestBeatSeconds ? 'alive' : 'silent';
  }

  async #variable(name: string): Promise<string> {
    const answer = await this.#options.http.request('GET', `/asterisk/variable?variable=${name}`);
    const value = (parseJson(answer.body) as { value?: unknown } | null)?.value;
    return typeof value === 'string' ? value : '';
  }
}
