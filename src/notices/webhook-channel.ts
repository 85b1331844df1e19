import { createHmac } from 'node:crypto';
import { details, heading } from './message-text.ts';
import type { Channel, Message } from './notice.ts';
import { postJson } from './post-json.ts';

export interface WebhookOptions {
  readonly url: string;
  /** Key of the signature. */
  readonly secret: string;
  readonly timeZone: string;
  /** Epoch ms. */
  readonly now: () => number;
}

/**
 * Notices as signed JSON. `x-gatehouse-signature: v1=<hex>` is HMAC-SHA256 over `<x-gatehouse-timestamp>.<body>` (RFC 2104);
 * a receiver refuses timestamps (epoch seconds) older than five minutes, and ids that it has seen.
 */
export class WebhookChannel implements Channel {
  readonly name = 'webhook';
  readonly #options: WebhookOptions;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  async send(message: Message, abort: AbortSignal): Promise<void> {
    const { url, secret, timeZone, now } = this.#options;
    const body = JSON.stringify({
      schema: 1,
      ...message,
      notices: message.notices.map((notice) => ({
        ...notice,
        heading: heading(notice),
        details: details(notice, timeZone),
      })),
    });
    const timestamp = String(Math.floor(now() / 1000));
    const headers = {
      'x-gatehouse-id': message.id,
      'x-gatehouse-timestamp': timestamp,
      'x-gatehouse-signature': signature(secret, timestamp, body),
    };
    await postJson(url, body, headers, abort);
  }
}

export function signature(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}
