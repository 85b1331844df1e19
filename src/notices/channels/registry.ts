import type { ValuesOf } from '../../process/setting.ts';
import type { Channel } from '../notice.ts';
import type { ChannelContext } from './channel.ts';
import { mail } from './mail.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { webhook } from './webhook.ts';

/** Every kind of channel; the settings page lists them in this order. */
const kinds = [mail, webhook, slack, teams] as const;

type Rows = (typeof kinds)[number]['settings'];
type All<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer Each) => void
  ? Each
  : never;

/** The settings of all channels. */
export const channelSettings = Object.assign({}, ...kinds.map(({ settings }) => settings)) as All<Rows>;

export type ChannelValues = ValuesOf<typeof channelSettings>;

/** The channels that are set; without one nothing is sent. */
export function openChannels(values: ChannelValues, context: ChannelContext): readonly Channel[] {
  return kinds.flatMap(({ open }) => open(values, context) ?? []);
}
