import { createHmac } from 'node:crypto';

/** A number's name in the audit log: HMAC-SHA256, 16 hex digits; who has the key can ask for one number's looks. */
export function pseudonym(key: Buffer, number: string): string {
  return createHmac('sha256', key).update(number).digest('hex').slice(0, 16);
}
