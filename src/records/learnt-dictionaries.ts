import { deflateRawSync } from 'node:zlib';
import type { Outcome } from '../screening/outcome.ts';
import { flatJson } from './flat-json.ts';
import { type Dictionary, dictionaryOf } from './packed-record.ts';

/** Calls that are looked at before a dictionary is settled; it never changes afterwards. */
const learntFrom = 100;
/** What packs to more than this with what is known already is worth knowing too. */
const newsBytes = 60;
const longestBytes = 16_384;
const mostPolicies = 8;

interface Learning {
  seen: number;
  content: Buffer;
  dictionary: Dictionary | null;
}

/**
 * Learns from the calls of each policy what their records have in common: rule names, traces, verdicts. Of what belongs to
 * one caller nothing is taken, so a dictionary needs no erasing.
 */
export class LearntDictionaries {
  readonly #policies = new Map<string, Learning>();

  /** The dictionary for this record; null while too little is known. */
  for(outcome: Outcome): Dictionary | null {
    const version = outcome.decision?.policyVersion ?? '';
    const learning = this.#policies.get(version) ?? { seen: 0, content: Buffer.alloc(0), dictionary: null };
    this.#policies.delete(version);
    this.#policies.set(version, learning);
    if (this.#policies.size > mostPolicies) {
      const [oldest = ''] = this.#policies.keys();
      this.#policies.delete(oldest);
    }
    if (learning.dictionary === null) learn(learning, outcome);
    return learning.dictionary;
  }
}

function learn(learning: Learning, outcome: Outcome): void {
  learning.seen++;
  const { content } = learning;
  const sample = Buffer.from(`${withoutPerson(outcome)}\n`);
  const isNews = content.length === 0 || deflateRawSync(sample, { dictionary: content }).length > newsBytes;
  // The first calls are of the commonest kinds as a rule: DEFLATE writes near matches shorter, so they stand last.
  if (isNews && content.length + sample.length <= longestBytes)
    learning.content = Buffer.concat([sample, content]);
  if (learning.seen >= learntFrom) learning.dictionary = dictionaryOf(learning.content);
}

const personal = new Set([
  'sipCallId',
  'displayName',
  'label',
  'origid',
  'listedName',
  'why',
  'digits',
  'detail',
]);
const ids = new Set(['callId', 'linkedId']);
const longNumber = /\d{7}/;

/** The record with empty places where a caller's own words, numbers and times stood. */
function withoutPerson(outcome: Outcome): string {
  const json = JSON.stringify(outcome, (key, value: unknown) => {
    if (key === 'caller') return { number: '+1', reason: null, raw: '', displayName: '' };
    if (key === 'expected') return null;
    if (typeof value === 'number') return value > 1e11 ? Math.floor(value / 1e8) * 1e8 : value;
    if (typeof value !== 'string') return value;
    if (personal.has(key)) return '';
    if (ids.has(key)) return value.replace(/\d{4,}/g, (digits) => digits.slice(0, 4));
    const isOurs = key === 'number' || key === 'raw' || key === 'signer';
    return !isOurs && longNumber.test(value) ? '' : value;
  });
  return flatJson(JSON.parse(json));
}
