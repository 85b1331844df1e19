/** One address of From or P-Asserted-Identity (RFC 3261 §25.1, RFC 3966); all of it is what somebody wrote. */
export interface SipAddress {
  /** User part or telephone number as text, without its parameters and escapes; a local number with the `+` of its phone-context. */
  readonly user: string;
  readonly host: string;
  /** Parameters of the URI and of its user part, as written, each with its `;`. */
  readonly inUri: string;
  /** What follows the URI's `>`. */
  readonly afterUri: string;
  /** Without brackets beside others with them: a display name that nobody quoted may pose as one. */
  readonly mayBeName: boolean;
}

export interface SipAddresses {
  readonly addresses: readonly SipAddress[];
  /** A quote that does not close: the display name may pose as the URI, so there are no addresses. */
  readonly isBroken: boolean;
}

const quotedString = /"(?:\\.|[^"\\])*"/g;

/**
 * Reads a header with one or several addresses, those in brackets first. Display names and URI headers (`?`) are left out.
 * Never throws.
 * @param isList P-Asserted-Identity: what stands between commas without brackets is an address too (RFC 3325 §9.1). A comma
 *   or a semicolon of a URI needs brackets (RFC 3261 §20). Otherwise it counts when there are no brackets.
 */
export function readAddresses(header: string, isList = false): SipAddresses {
  // A parameter's value may stand in quotes (RFC 3261 §25.1).
  const bare = header.replace(/=[ \t]*"([A-Za-z0-9-]{1,40})"/g, '=$1').replace(quotedString, ' ');
  if (/["\\]/.test(bare)) return { addresses: [], isBroken: true };
  const hasBrackets = bare.includes('<');
  const inBrackets = [...bare.matchAll(/<([^<>]*)>([^<,]*)/g)];
  const without = isList ? bare.replace(/<[^>]*/g, '<').split(',') : [bare];
  const addresses = [
    ...inBrackets.flatMap(([, uri = '', after = '']) => addressOf(uri, after, false)),
    ...without.filter((one) => !one.includes('<')).flatMap((one) => addressOf(one, '', hasBrackets)),
  ];
  return { addresses, isBroken: false };
}

function addressOf(text: string, afterUri: string, mayBeName: boolean): SipAddress[] {
  const [, scheme = '', rest = ''] = /^\s*(sips?|tel):([^?]*)/i.exec(text) ?? [];
  if (scheme === '') return [];
  const at = scheme.toLowerCase() === 'tel' ? rest.length : rest.lastIndexOf('@');
  const userPart = at < 0 ? '' : rest.slice(0, at);
  const hostPart = rest.slice(at + 1);
  const [first = ''] = userPart.split(/[;:]/, 1);
  const inUri = userPart.slice(first.length) + hostPart.replace(/^[^;]*/, '');
  const [host = ''] = hostPart.split(/[;:]/, 1);
  const user = withContext(unescaped(first).trim(), inUri);
  return [{ user, host: host.trim().toLowerCase(), inUri, afterUri, mayBeName }];
}

/** RFC 3966 §5.1.5: a global context goes in front of a local number. */
function withContext(user: string, parameters: string): string {
  const [, context] = /;\s*phone-context=(\+[0-9.()-]{1,20})(?=[;>\s]|$)/i.exec(parameters) ?? [];
  return context === undefined || !/^[0-9]/.test(user) ? user : context + user;
}

export function unescaped(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
