import type { Outcome } from '../screening/outcome.ts';
import { type Dictionary, dictionaryOf } from './packed-record.ts';

/** Calls that are looked at before a dictionary is settled; it never changes afterwards. */
const learntFrom = 100;
const mostSamples = 24;
const longestBytes = 16_384;
const mostPolicies = 8;

interface Learning {
  seen: number;
  readonly samples: Map<string, string>;
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
    const learning = this.#policies.get(version) ?? { seen: 0, samples: new Map(), dictionary: null };
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
  const kind = kindOf(outcome);
  if (!learning.samples.has(kind) && learning.samples.size < mostSamples)
    learning.samples.set(kind, withoutPerson(outcome));
  if (learning.seen < learntFrom) return;
  // The first kinds to come are the commonest as a rule: DEFLATE writes near matches shorter, so they stand last.
  const text = Buffer.from([...learning.samples.values()].reverse().join(''));
  learning.dictionary = dictionaryOf(text.subarray(Math.max(0, text.length - longestBytes)));
  learning.samples.clear();
}

function kindOf({ decision, challenge, exit, bypass, facts }: Outcome): string {
  const { result, attestation } = facts.verification;
  const about = [decision?.rule, challenge?.result, exit.kind, bypass?.reason, result, attestation];
  return about.join(' ');
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
  return JSON.stringify(outcome, (key, value: unknown) => {
    if (key === 'caller') return { number: '+1', reason: null, raw: '', displayName: '' };
    if (key === 'expected') return null;
    if (typeof value === 'number') return value > 1e11 ? Math.floor(value / 1e8) * 1e8 : value;
    if (typeof value !== 'string') return value;
    if (personal.has(key)) return '';
    if (ids.has(key)) return value.replace(/\d{4,}/g, (digits) => digits.slice(0, 4));
    const isOurs = key === 'number' || key === 'raw' || key === 'signer';
    return !isOurs && longNumber.test(value) ? '' : value;
  });
}
