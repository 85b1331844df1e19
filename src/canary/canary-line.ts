import type { AsteriskModule } from '../exits/voicemail-modules.ts';

/** A second line to Asterisk, so that a canary takes no connection from callers. Each promise settles within a deadline, or rejects with CallControlError. */
export interface CanaryLine {
  /** Places a call to `number` at the entry of the dialplan, on the channel `channelId`. */
  place(channelId: string, number: string): Promise<void>;
  /** What the dialplan would read in `${…}` on that channel. */
  read(channelId: string, expression: string): Promise<string>;
  /** Plays the end of a sound, so that it is over at once: a `playback-finished` event says whether there is such a sound. */
  playEnd(channelId: string, playbackId: string, media: string): Promise<void>;
  /** A channel that is gone is no error. */
  hangUp(channelId: string): Promise<void>;
  /** Names of the PJSIP endpoints. */
  endpoints(): Promise<readonly string[]>;
  /** Modules, and whether each runs. */
  modules(): Promise<readonly AsteriskModule[]>;
  close(): Promise<void>;
}
