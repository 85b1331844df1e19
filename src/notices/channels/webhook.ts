import { createHmac } from 'node:crypto';
import { secretKey } from '../../process/setting.ts';
import { details, heading } from '../message-frame.ts';
import { channelKind } from './channel.ts';
import { postJson, webAddress } from './post-json.ts';

/**
 * Signed JSON. `x-gatehouse-signature: v1=<hex>` is HMAC-SHA256 over `<x-gatehouse-timestamp>.<body>` (RFC 2104); a receiver
 * refuses timestamps (epoch seconds) older than five minutes, and ids that it has seen.
 */
export const webhook = channelKind({
  settings: {
    GATEHOUSE_WEBHOOK_URL: {
      ...webAddress,
      about: 'Receives every notice as signed JSON (docs/decisions/0013-notices.md).',
      secret: true,
      needs: ['GATEHOUSE_WEBHOOK_SECRET'],
    },
    GATEHOUSE_WEBHOOK_SECRET: {
      ...secretKey,
      about: 'Key of the signature. Required with `GATEHOUSE_WEBHOOK_URL`.',
    },
  },
  open({ GATEHOUSE_WEBHOOK_URL: url, GATEHOUSE_WEBHOOK_SECRET: secret }, { timeZone, now }) {
    if (url === null || secret === null) return null;
    return {
      name: 'webhook',
      setting: 'GATEHOUSE_WEBHOOK_URL',
      to: url,
      async send(message, abort) {
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
      },
    };
  },
});

export function signature(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}
