import {
  askedChallenges,
  bypassReasons,
  callImpacts,
  decidedVerdicts,
  dispositions,
  signedAttestations,
  verdictKinds,
  verificationResults,
  type Words,
} from './vocabulary.ts';

/** Asks for calls that have no value in this field: `attestation`, `called`, `campaign` and `rule`. */
export const noValue = 'none';

/** Asks for calls that have a value: `campaign`, and `challenge`. */
export const anyValue = 'any';

/** `number`: E.164, whole; of the caller a short code too, of the called number `none` too. */
interface FilterField<Asked> {
  readonly asks: Asked;
  /** Over the field of a page. */
  readonly label: string;
  /** Beside the option of a command. */
  readonly about: string;
}

const field = <const Asked extends Words | 'number' | 'text'>(
  asks: Asked,
  label: string,
  about: string,
): FilterField<Asked> => ({ asks, label, about });

/** What calls can be searched by: fields of the calls page, options of `gatehouse calls`, conditions of a query. */
export const filterFields = {
  caller: field('number', 'Caller number', 'from this caller'),
  called: field('number', 'Called number', 'to this number'),
  name: field('text', 'Caller name', 'whose display name has this in it'),
  where: field(dispositions, 'Result', 'by result'),
  impact: field(callImpacts, 'Impact', 'by what it meant to people'),
  rule: field('text', 'Rule', 'decided by this rule'),
  verdict: field(decidedVerdicts, 'Verdict', 'by verdict'),
  challenge: field(askedChallenges, 'Challenge', 'by challenge result, or any'),
  verification: field(verificationResults, 'Signature', 'by signature verification'),
  attestation: field(signedAttestations, 'Attestation', 'by attestation level'),
  signer: field('text', 'Signer', 'signed by this name'),
  campaign: field('text', 'Campaign', 'of this campaign, by id; any or none'),
  bypass: field(bypassReasons, 'Bypass reason', 'bypassed screening for this reason'),
  exchange: field('text', 'Exchange', 'from this exchange, +1317555'),
  language: field('text', 'Language', 'challenged in this language, en'),
  'quit-second': field('text', 'Hung up at second', 'hung up this many seconds into the prompt'),
  monitored: field('text', 'Monitored rule', 'matched this monitored rule'),
  would: field(verdictKinds, 'Would have been', 'a monitored rule would have decided this'),
  hour: field('text', 'Hour of the week', 'arrived in this hour of the week, mon-09'),
  policy: field('text', 'Policy', 'decided by this policy version'),
};

export type FilterFieldName = keyof typeof filterFields;
export const filterFieldNames = Object.keys(filterFields) as readonly FilterFieldName[];

type Value<Asked> = Asked extends Words<infer Key> ? Key : string;

/** Which calls; every field that is given must hold. Times in epoch ms: from `since`, before `until`. */
export type CallFilter = { readonly since: number; readonly until: number } & {
  readonly [Name in FilterFieldName]?: Value<(typeof filterFields)[Name]['asks']>;
};

const weekdayNames: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** An hour of the week by the clock of `zone` (IANA); `weekday` 0 is Monday. */
export interface WeekHour {
  readonly weekday: number;
  readonly hour: number;
  readonly zone: string;
}

/** As addresses and options have it: `mon-09`. */
export function weekHourText(weekday: number, hour: number): string {
  return `${weekdayNames[weekday]}-${String(hour).padStart(2, '0')}`;
}

/** `mon-09` as the field `hour` of a filter, which names its zone too: `mon-09@Europe/Berlin`. Null: it is no hour. */
export function hourOfFilter(text: string, zone: string): string | null {
  return /^(?:mon|tue|wed|thu|fri|sat|sun)-(?:[01]\d|2[0-3])$/.test(text) ? `${text}@${zone}` : null;
}

/** What `hourOfFilter` made. */
export function readWeekHour(text: string): WeekHour {
  const [, day = '', hour = '', zone = ''] = /^(\w{3})-(\d{2})@(.+)$/.exec(text) ?? [];
  return { weekday: weekdayNames.indexOf(day), hour: Number(hour), zone };
}
