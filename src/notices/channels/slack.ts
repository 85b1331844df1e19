import { details, footer, heading, subject } from '../message-frame.ts';
import type { Message } from '../notice.ts';
import { channelKind } from './channel.ts';
import { postJson, secretAddress } from './post-json.ts';

/** Slack's limits for a header and a section (api.slack.com/reference/block-kit/blocks). */
const maxHeader = 150;
const maxSection = 3000;
const maxFooter = 300;

/** Every text is `plain_text`, in which nothing is a mention, a link or bold. */
export const slack = channelKind({
  settings: { GATEHOUSE_SLACK_URL: { ...secretAddress, about: 'Incoming webhook of Slack; a secret.' } },
  open: ({ GATEHOUSE_SLACK_URL: url }, { timeZone }) =>
    url === null
      ? null
      : {
          name: 'slack',
          setting: 'GATEHOUSE_SLACK_URL',
          to: url,
          send: (message, abort) => postJson(url, slackMessage(message, timeZone), {}, abort),
        },
});

function slackMessage(message: Message, zone: string): string {
  const plain = (text: string, max: number) => ({
    type: 'plain_text',
    text: text.length > max ? `${text.slice(0, max - 1)}…` : text,
    emoji: false,
  });
  return JSON.stringify({
    // The preview is mrkdwn: its three control characters are escaped.
    text: escapeMrkdwn(subject(message)),
    mrkdwn: false,
    blocks: [
      ...message.notices.flatMap((notice) => [
        { type: 'header', text: plain(heading(notice), maxHeader) },
        { type: 'section', text: plain(details(notice, zone).join('\n') || '–', maxSection) },
      ]),
      { type: 'context', elements: [plain(footer(message), maxFooter)] },
    ],
  });
}

/** api.slack.com/reference/surfaces/formatting#escaping */
function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
