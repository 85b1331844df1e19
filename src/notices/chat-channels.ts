import { details, heading, leftOutLine, subject } from './message-text.ts';
import type { Channel, Message } from './notice.ts';
import { postJson } from './post-json.ts';

export interface ChatOptions {
  /** The incoming webhook; a secret. */
  readonly url: string;
  readonly timeZone: string;
}

/** Slack's most for a header and for a section (api.slack.com/reference/block-kit/blocks). */
const mostHeader = 150;
const mostSection = 3000;

type Shape = (message: Message, zone: string) => unknown;

/** Posts each message in the shape that one chat service wants. */
class ChatChannel implements Channel {
  readonly name: Channel['name'];
  readonly #options: ChatOptions;
  readonly #shape: Shape;

  constructor(name: Channel['name'], shape: Shape, options: ChatOptions) {
    this.name = name;
    this.#shape = shape;
    this.#options = options;
  }

  async send(message: Message, abort: AbortSignal): Promise<void> {
    const { url, timeZone } = this.#options;
    await postJson(url, JSON.stringify(this.#shape(message, timeZone)), {}, abort);
  }
}

/** Slack: every text is `plain_text`, in which nothing is a mention, a link or bold. */
export class SlackChannel extends ChatChannel {
  constructor(options: ChatOptions) {
    super('slack', slackMessage, options);
  }
}

/** Teams: an adaptive card of text runs, in which, unlike in a TextBlock, nothing is Markdown. */
export class TeamsChannel extends ChatChannel {
  constructor(options: ChatOptions) {
    super('teams', teamsMessage, options);
  }
}

function slackMessage(message: Message, zone: string) {
  const plain = (text: string, most: number) => ({
    type: 'plain_text',
    text: text.length > most ? `${text.slice(0, most - 1)}…` : text,
    emoji: false,
  });
  const leftOut = leftOutLine(message);
  return {
    // The preview is mrkdwn: its three characters are escaped, and it holds no text of a caller's.
    text: escapeMrkdwn(subject(message)),
    mrkdwn: false,
    blocks: [
      ...message.notices.flatMap((notice) => [
        { type: 'header', text: plain(heading(notice), mostHeader) },
        { type: 'section', text: plain(details(notice, zone).join('\n') || '–', mostSection) },
      ]),
      {
        type: 'context',
        elements: [plain([`Gatehouse on ${message.node}`, leftOut].filter(Boolean).join(' · '), 300)],
      },
    ],
  };
}

function teamsMessage(message: Message, zone: string) {
  const run = (text: string, more: Record<string, unknown> = {}) => ({
    type: 'RichTextBlock',
    inlines: [{ type: 'TextRun', text, ...more }],
  });
  const leftOut = leftOutLine(message);
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            ...message.notices.flatMap((notice) => [
              run(heading(notice), { weight: 'Bolder', size: 'Medium' }),
              ...details(notice, zone).map((line) => run(line)),
            ]),
            run([`Gatehouse on ${message.node}`, leftOut].filter(Boolean).join(' · '), { isSubtle: true }),
          ],
        },
      },
    ],
  };
}

/** Slack's control characters (api.slack.com/reference/surfaces/formatting#escaping). */
function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
