/**
 * The dialplan's side of the contract: what `dialplan/gatehouse.conf` tells of a call. The same fields travel as Stasis
 * arguments (`key=value`, each value URI-encoded twice: the dialplan says why) and, when a call went round the screener,
 * in a bypass note (the same fields joined by commas in one line).
 */
export interface EntryFields {
  /** Version of this contract. */
  readonly v: string;
  /** Asterisk's UNIQUEID. */
  readonly uid: string;
  readonly linked: string;
  /** SIP Call-ID of the trunk's INVITE. */
  readonly sip: string;
  /** Arrival, epoch ms. */
  readonly at: string;
  /** The dialled number, before anything changed it. */
  readonly did: string;
  readonly num: string;
  readonly name: string;
  /** CALLERID(num-pres), for example `allowed_not_screened` or `prohib_passed_screen`. */
  readonly pres: string;
  readonly trunk: string;
  /** Seconds after which TIMEOUT(absolute) takes the call away from the screener. */
  readonly wd: string;
  /** Asterisk's own verification: STIR_SHAKEN(0,verify_result), attestation, identity; empty without a profile. */
  readonly ssr: string;
  readonly ssa: string;
  readonly ssi: string;
  /** Raw headers, when the trunk sent them: From, two P-Asserted-Identity, P-Attestation-Indicator, Attestation-Info, X-Attestation-Info, P-Origination-ID. */
  readonly from: string;
  readonly pai: string;
  readonly pai2: string;
  readonly patt: string;
  readonly att: string;
  readonly xatt: string;
  readonly orig: string;
}

export type EntryKey = keyof EntryFields;

const keys: readonly EntryKey[] = [
  'v',
  'uid',
  'linked',
  'sip',
  'at',
  'did',
  'num',
  'name',
  'pres',
  'trunk',
  'wd',
  'ssr',
  'ssa',
  'ssi',
  'from',
  'pai',
  'pai2',
  'patt',
  'att',
  'xatt',
  'orig',
];

/**
 * Reads `key=value` arguments. Never throws: what is missing is an empty string, what is not URI-encoded stays as it
 * is, bytes that are not UTF-8 become U+FFFD, unknown keys are left out (they belong to a newer dialplan).
 */
export function parseEntryArgs(args: readonly string[]): EntryFields {
  const fields = Object.fromEntries(keys.map((key) => [key, ''])) as Record<EntryKey, string>;
  for (const arg of args) {
    const at = arg.indexOf('=');
    const key = arg.slice(0, at) as EntryKey;
    if (at > 0 && keys.includes(key)) fields[key] = decodeUriBytes(decodeUriBytes(arg.slice(at + 1)));
  }
  return fields;
}

/** Percent-decoding that cannot fail (decodeURIComponent throws on a cut or invalid sequence). */
function decodeUriBytes(text: string): string {
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const hex = text[i] === '%' ? text.slice(i + 1, i + 3) : '';
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    } else {
      bytes.push(...Buffer.from(text[i] ?? ''));
    }
  }
  return new TextDecoder('utf-8').decode(Uint8Array.from(bytes));
}
