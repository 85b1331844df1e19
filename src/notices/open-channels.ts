import { SlackChannel, TeamsChannel } from './chat-channels.ts';
import { MailChannel } from './mail-channel.ts';
import type { Channel } from './notice.ts';
import { WebhookChannel } from './webhook-channel.ts';

/** Where notices go; what is null is not used. NoticeSettings of src/config is one. */
export interface ChannelSettings {
  readonly mail: { readonly smtpUrl: string; readonly from: string; readonly to: readonly string[] } | null;
  readonly webhook: { readonly url: string; readonly secret: string } | null;
  readonly slackUrl: string | null;
  readonly teamsUrl: string | null;
  readonly timeZone: string;
}

/** The channels that are set; none: nobody is told anything. */
export function openChannels(settings: ChannelSettings, now: () => number = Date.now): readonly Channel[] {
  const { mail, webhook, slackUrl, teamsUrl, timeZone } = settings;
  return [
    ...(mail === null ? [] : [new MailChannel({ ...mail, timeZone })]),
    ...(webhook === null ? [] : [new WebhookChannel({ ...webhook, timeZone, now })]),
    ...(slackUrl === null ? [] : [new SlackChannel({ url: slackUrl, timeZone })]),
    ...(teamsUrl === null ? [] : [new TeamsChannel({ url: teamsUrl, timeZone })]),
  ];
}
