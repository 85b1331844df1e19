import { CallControlError } from '../screening/ports.ts';

export interface AriAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * The error of an answer, or null for a success: ARI's 404 is `gone`, 409 `not-ours`, any other status outside 2xx `refused`, and
 * so is a success whose body is not JSON. When ARI is disabled, Asterisk's web server answers 404 with another text: that says
 * nothing about the channel.
 */
export function answerError(name: string, answer: AriAnswer): CallControlError | null {
  const { status, body } = answer;
  if (status >= 200 && status < 300) {
    return body === '' || parseJson(body) !== undefined
      ? null
      : new CallControlError('refused', `${name}: the answer is not JSON`, status);
  }
  const isGone = status === 404 && /^(?!Resource).* not found$/i.test(reason(body));
  const code = isGone ? 'gone' : status === 409 ? 'not-ours' : 'refused';
  return new CallControlError(code, `${name}: ${status} ${reason(body)}`.trimEnd(), status);
}

/** Asterisk refuses our login (401), or any action (403), or has no ARI (404, but not ARI's own). */
export function isShutOut(answer: AriAnswer): boolean {
  const { status, body } = answer;
  return status === 401 || status === 403 || (status === 404 && parseJson(body) === undefined);
}

/** Undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asterisk gives the reason in `{"message": …}`. */
function reason(body: string): string {
  const parsed = parseJson(body);
  const message = parsed !== null && typeof parsed === 'object' && 'message' in parsed ? parsed.message : '';
  return typeof message === 'string' ? message.slice(0, 200) : '';
}
