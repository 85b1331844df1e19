import type { CallHistory, WindowCounts } from '../../../call/facts.ts';
import type { CompileContext, Condition } from '../condition.ts';
import { countCondition, ofOrigid, ofSigner } from '../counts.ts';

/** `history: { decoys: … }`: nobody dials two unused numbers but who dials them all. */
export const decoys = countCondition({
  path: ['history', 'decoys'],
  field: 'decoys',
  what: 'different decoys called by this number',
  about:
    'How many different decoys (unused numbers of yours, settings: decoys) this caller number dialed before, within a window: who dials two is walking your numbers.',
  example: 'history: { decoys: { over: 1, within: 24h } }',
  check: needsDecoys,
});

const exchange = 'from this exchange';

/**
 * What is counted of the calls that come from where this one comes from: their numbers change with each call, their origin does
 * not. By the key in rules, cases and `gatehouse explain`.
 */
export const originCounts = {
  'exchange-failed': { field: 'exchangeFailed', counts: 'failed', of: exchange },
  'exchange-passed': { field: 'exchangePassed', counts: 'passed', of: exchange },
  'exchange-decoy-calls': { field: 'exchangeDecoyCalls', counts: 'decoys', of: exchange },
  'signer-failed': { field: 'signerFailed', counts: 'failed', of: ofSigner },
  'signer-passed': { field: 'signerPassed', counts: 'passed', of: ofSigner },
  'signer-decoy-calls': { field: 'signerDecoyCalls', counts: 'decoys', of: ofSigner },
  'origid-failed': { field: 'origidFailed', counts: 'failed', of: ofOrigid },
  'origid-passed': { field: 'origidPassed', counts: 'passed', of: ofOrigid },
} as const;
export type OriginCount = keyof typeof originCounts;

export const originCountNames = Object.keys(originCounts) as readonly OriginCount[];

const what = {
  failed: { what: 'failed challenges', over: 10, within: '1h' },
  passed: { what: 'passed challenges', over: 2, within: '1h' },
  decoys: { what: 'calls to decoys', over: 5, within: '24h' },
} as const;

/** `challenges of calls from this exchange that failed or were met with silence`. */
export function originCountWords(name: OriginCount): string {
  const { counts, of } = originCounts[name];
  if (counts === 'decoys') return `calls ${of} to decoys (settings: decoys)`;
  const end = counts === 'failed' ? 'failed or were met with silence' : 'were passed';
  return `challenges of calls ${of} that ${end}`;
}

/** The same in a history; a caller without a number has no exchange. */
export function originCountsOf(
  hasNumber: boolean,
  counts: (name: OriginCount) => WindowCounts,
): Partial<CallHistory> {
  const known = originCountNames.filter((name) => hasNumber || originCounts[name].of !== exchange);
  return Object.fromEntries(known.map((name) => [originCounts[name].field, counts(name)]));
}

/** `history: { exchange-failed: … }` and the others. */
export const originCountConditions: readonly Condition[] = originCountNames.map((name) => {
  const { field, counts, of } = originCounts[name];
  const { over, within } = what[counts];
  return countCondition({
    path: ['history', name],
    field,
    what: `${what[counts].what} ${of}`,
    about: `How many ${originCountWords(name)} there were, within a window.`,
    example: `history: { ${name}: { over: ${over}, within: ${within} } }`,
    ...(counts === 'decoys' && { check: needsDecoys }),
  });
});

function needsDecoys({ decoys: lists, refuse }: CompileContext): void {
  if (lists.length > 0) return;
  refuse(
    [],
    'it is not said which numbers are decoys',
    'name a list of unused numbers of yours in the settings: decoys: unused-numbers',
    'no-decoys',
  );
}
