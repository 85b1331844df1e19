/**
 * The dialplan's side of the contract: what `dialplan/gatehouse.conf` tells of a call. The same fields travel as Stasis
 * arguments (`key=value`, each value URI-encoded twice: the dialplan says why) and, when a call went round the screener,
 * in a bypass note (the same fields joined by commas in one line).
 */
export interface EntryFields {
  /** Version of this contract, see `readableContracts`. */
  readonly v: string;
  /** Asterisk's UNIQUEID. */
  readonly uid: string;
  readonly linked: string;
  /** SIP Call-ID of the trunk's INVITE. */
  readonly sip: string;
  /** Arrival, epoch ms. */
  readonly at: string;
  /** The dialed number, before anything changed it. */
  readonly did: string;
  readonly num: string;
  readonly name: string;
  /** CALLERID(num-pres), for example `allowed_not_screened` or `prohib_passed_screen`. */
  readonly pres: string;
  readonly trunk: string;
  /** Seconds after arrival at which TIMEOUT(absolute) takes the call away from the screener, however far it got. */
  readonly wd: string;
  /** Seconds for the decision alone; empty: a dialplan with one timer for everything. */
  readonly dd: string;
  /** `1`: that setting of the dialplan is out of its range, and its default is in force (GATEHOUSE_WATCHDOG, _DECISION, _MAX_DECIDING). */
  readonly wdbad: string;
  readonly ddbad: string;
  readonly capbad: string;
  /** `challenge` once the app asked for the time of a challenge. */
  readonly stage: string;
  /** What the app called that challenge; see `stepFor`. */
  readonly step: string;
  /** Asterisk's own verification: STIR_SHAKEN(0,verify_result), attestation; empty without a profile. */
  readonly ssr: string;
  readonly ssa: string;
  /** The first Identity header, which is the one that Asterisk verifies, and two more. */
  readonly ssi: string;
  readonly id2: string;
  readonly id3: string;
  /** Raw headers, when the trunk sent them; `pai2` is the second of its name. From, three P-Asserted-Identity, Privacy. */
  readonly from: string;
  readonly pai: string;
  readonly pai2: string;
  readonly pai3: string;
  readonly priv: string;
  /** P-Attestation-Indicator, Attestation-Info, X-Attestation-Info, X-Twilio-VerStat, P-Origination-ID. */
  readonly patt: string;
  readonly patt2: string;
  readonly att: string;
  readonly att2: string;
  readonly xatt: string;
  readonly xatt2: string;
  readonly tver: string;
  readonly tver2: string;
  readonly orig: string;
  /** `1`: nothing was cut before this, so that From and all before it arrived whole, up to their own limits. */
  readonly hok: string;
}

type EntryKey = keyof EntryFields;

/**
 * Versions of the contract that this program screens calls by; gatehouse.conf has the last one. A new one only when calls of the
 * old file would go wrong, and with the one before still in this list, so that programs are upgraded before dialplans.
 */
export const readableContracts: readonly string[] = ['1'];

export const otherContractRemedy =
  'Copy dialplan/gatehouse.conf of the version that runs to /etc/asterisk/gatehouse/, then "dialplan reload".';

/** The version of a dialplan that this program cannot screen by; null: it can, or the call says nothing of it. */
export function otherContract({ v }: EntryFields): string | null {
  return v === '' || readableContracts.includes(v) ? null : v.slice(0, 16);
}

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
  'dd',
  'wdbad',
  'ddbad',
  'capbad',
  'stage',
  'step',
  'ssr',
  'ssa',
  'ssi',
  'id2',
  'id3',
  'from',
  'pai',
  'pai2',
  'pai3',
  'priv',
  'patt',
  'patt2',
  'att',
  'att2',
  'xatt',
  'xatt2',
  'tver',
  'tver2',
  'orig',
  'hok',
];

/**
 * Reads `key=value` arguments. Never throws: what is missing is an empty string, what is not URI-encoded stays as it
 * is, bytes that are not UTF-8 become U+FFFD, unknown keys are left out (they belong to a newer dialplan).
 */
export function parseEntryArgs(args: readonly string[]): EntryFields {
  const fields: Record<string, string> = { ...noFields };
  for (const arg of args) {
    const at = arg.indexOf('=');
    const key = arg.slice(0, at);
    if (at > 0 && Object.hasOwn(noFields, key))
      fields[key] = decodeUriBytes(decodeUriBytes(arg.slice(at + 1)));
  }
  return fields as Record<EntryKey, string>;
}

const noFields: Readonly<Record<string, string>> = Object.fromEntries(keys.map((key) => [key, '']));

/** Percent-decoding that cannot fail. */
function decodeUriBytes(text: string): string {
  if (!text.includes('%')) return text;
  try {
    // Ten times as fast, and the same for what our dialplan writes: ASCII, whole sequences, no byte order mark.
    if (isPlainEncoding.test(text)) return decodeURIComponent(text);
  } catch {
    // A cut or invalid sequence.
  }
  return decodeAnyBytes(text);
}

const isPlainEncoding = /^(?!%ef%bb%bf)[\u0000-\u007f]*$/i;

function decodeAnyBytes(text: string): string {
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
