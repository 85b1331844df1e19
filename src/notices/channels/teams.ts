import { details, footer, heading } from '../message-frame.ts';
import type { Message } from '../notice.ts';
import { channelKind } from './channel.ts';
import { postJson, secretAddress } from './post-json.ts';

/** An adaptive card of text runs, in which, unlike in a TextBlock, nothing is Markdown. */
export const teams = channelKind({
  settings: {
    GATEHOUSE_TEAMS_URL: {
      ...secretAddress,
      about: 'Teams workflow that accepts an adaptive card; a secret.',
    },
  },
  open: ({ GATEHOUSE_TEAMS_URL: url }, { timeZone }) =>
    url === null
      ? null
      : {
          name: 'teams',
          setting: 'GATEHOUSE_TEAMS_URL',
          to: url,
          send: (message, abort) => postJson(url, teamsMessage(message, timeZone), {}, abort),
        },
});

function teamsMessage(message: Message, zone: string): string {
  const run = (text: string, style: Record<string, unknown> = {}) => ({
    type: 'RichTextBlock',
    inlines: [{ type: 'TextRun', text, ...style }],
  });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      ...message.notices.flatMap((notice) => [
        run(heading(notice), { weight: 'Bolder', size: 'Medium' }),
        ...details(notice, zone).map((line) => run(line)),
      ]),
      run(footer(message), { isSubtle: true }),
    ],
  };
  return JSON.stringify({
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
  });
}
