import { CallControlError } from '../screening/ports.ts';
import type { AriAnswer } from './ari-http.ts';

/**
 * The error that an answer stands for, or null when it is a success: 404 `gone`, 409 `not-ours`, any other status
 * outside 2xx `refused`, and a success whose body is not JSON `refused` too.
 */
export function answerError(name: string, answer: AriAnswer): CallControlError | null {
  const { status, body } = answer;
  if (status >= 200 && status < 300) {
    return body === '' || parseJson(body) !== undefined
      ? null
      : new CallControlError('refused', `${name}: the answer is not JSON`, status);
  }
  const code = status === 404 ? 'gone' : status === 409 ? 'not-ours' : 'refused';
  return new CallControlError(code, `${name}: ${status} ${reason(body)}`.trimEnd(), status);
}

/** Undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asterisk says why in `{"message": …}`. */
function reason(body: string): string {
  const said = parseJson(body);
  const message = said !== null && typeof said === 'object' && 'message' in said ? said.message : '';
  return typeof message === 'string' ? message.slice(0, 200) : '';
}
