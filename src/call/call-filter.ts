import {
  attestations,
  bypassReasons,
  challengeResults,
  decidedVerdicts,
  dispositions,
  verificationResults,
  type Words,
} from './vocabulary.ts';

/** `number`: E.164, whole; of the caller a short code too. */
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
  where: field(dispositions, 'Result', 'by result'),
  rule: field('text', 'Rule', 'decided by this rule'),
  verdict: field(decidedVerdicts, 'Verdict', 'by verdict'),
  challenge: field(challengeResults, 'Challenge', 'by challenge result'),
  verification: field(verificationResults, 'Signature', 'by signature verification'),
  attestation: field(attestations, 'Attestation', 'by attestation level'),
  signer: field('text', 'Signer', 'signed by this name'),
  campaign: field('text', 'Campaign', 'of this campaign, by id'),
  bypass: field(bypassReasons, 'Bypass reason', 'bypassed screening for this reason'),
};

export type FilterFieldName = keyof typeof filterFields;
export const filterFieldNames = Object.keys(filterFields) as readonly FilterFieldName[];

type Value<Asked> = Asked extends Words<infer Key> ? Key : string;

/** Which calls; every field that is given must hold. Times in epoch ms: from `since`, before `until`. */
export type CallFilter = { readonly since: number; readonly until: number } & {
  readonly [Name in FilterFieldName]?: Value<(typeof filterFields)[Name]['asks']>;
};
