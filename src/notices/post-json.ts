import { UndeliverableError } from './notice.ts';

/**
 * Posts a body of JSON. Rejects with UndeliverableError when it was refused for good: any 4xx but 408, 425 and 429. An
 * answer is not read, a redirect not followed: the address is a secret, and the next one would get it.
 */
export async function postJson(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  abort: AbortSignal,
): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'user-agent': 'Gatehouse', ...headers },
    redirect: 'manual',
    signal: abort,
  }).catch((error: unknown) => {
    // Not the error itself: its text may hold the address.
    const { code } = (error as { cause?: { code?: unknown } }).cause ?? {};
    throw new Error(`no answer (${typeof code === 'string' ? code : (error as Error).name})`);
  });
  await answer.body?.cancel();
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  const isForGood = status < 500 && ![408, 425, 429].includes(status);
  throw isForGood
    ? new UndeliverableError(`refused with HTTP ${status}`)
    : new Error(`answered HTTP ${status}`);
}
