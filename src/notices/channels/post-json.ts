import { secretLine, url } from '../../process/setting.ts';
import { UndeliverableError } from '../notice.ts';

/** Shape and words of an address to post to. */
export const webAddress = {
  shape: url('http:', 'https:'),
  allowed: 'an http:// or https:// address',
} as const;

/** The same, where anyone with the address may post. */
export const secretAddress = { ...secretLine, ...webAddress } as const;

/**
 * Posts a JSON body. Rejects with UndeliverableError when the body was refused (400, 413, 415, 422); every other refusal is about the
 * address, and lasts until that is put right. Redirects are not followed: the address is a secret, and the next server would get it.
 */
export async function postJson(
  address: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  abort: AbortSignal,
): Promise<void> {
  const answer = await fetch(address, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'user-agent': 'Gatehouse', ...headers },
    redirect: 'manual',
    signal: abort,
  }).catch((error: unknown) => {
    // Without the error itself: its text may contain the address.
    const { code } = (error as { cause?: { code?: unknown } }).cause ?? {};
    const reason = typeof code === 'string' ? code : (error as Error).name;
    throw Object.assign(new Error(`no answer (${reason})`), { code: reason });
  });
  await answer.body?.cancel();
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  throw [400, 413, 415, 422].includes(status)
    ? new UndeliverableError(`refused with HTTP ${status}`)
    : new Error(`answered HTTP ${status}`);
}
