import type { SettingRows, ValuesOf } from '../../process/setting.ts';
import type { Channel } from '../notice.ts';

export interface ChannelContext {
  /** IANA name, or `local`. */
  readonly timeZone: string;
  /** Epoch ms. */
  readonly now: () => number;
}

/** A kind of channel: the settings that turn it on, and how it sends. */
export interface ChannelKind<Rows extends SettingRows> {
  readonly settings: Rows;
  /** Null when it is not set. */
  readonly open: (values: ValuesOf<Rows>, context: ChannelContext) => Channel | null;
}

/** Checks the shape of a kind and keeps the type of its settings. */
export function channelKind<const Rows extends SettingRows>(kind: ChannelKind<Rows>): ChannelKind<Rows> {
  return kind;
}
