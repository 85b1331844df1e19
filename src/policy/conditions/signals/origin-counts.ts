import type { CountField } from '../../logic/logic.ts';
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

const origins = [
  { key: 'exchange', field: 'exchange', of: 'from this exchange', who: 'the exchange of the caller number' },
  { key: 'signer', field: 'signer', of: ofSigner, who: 'the signer of this call' },
  { key: 'origid', field: 'origid', of: ofOrigid, who: 'the signer and origid of this call' },
] as const;

const ends = [
  { key: 'failed', field: 'Failed', what: 'failed challenges', about: 'failed or were met with silence' },
  { key: 'passed', field: 'Passed', what: 'passed challenges', about: 'were passed' },
] as const;

/** `history: { exchange-failed: … }` and the like: how earlier challenges of the same origin ended. */
export const originChallenges: readonly Condition[] = origins.flatMap((origin) =>
  ends.map((end) =>
    countCondition({
      path: ['history', `${origin.key}-${end.key}`],
      field: `${origin.field}${end.field}` satisfies CountField,
      what: `${end.what} ${origin.of}`,
      about: `How many challenges of calls from ${origin.who} ${end.about}, within a window.`,
      example: `history: { ${origin.key}-${end.key}: { over: ${end.key === 'failed' ? 10 : 2}, within: 1h } }`,
    }),
  ),
);

/** `history: { exchange-decoy-calls: … }`: the number changes with each call, where it comes from does not. */
export const originDecoyCalls: readonly Condition[] = origins
  .flatMap((origin) => (origin.key === 'origid' ? [] : origin))
  .map(({ key, field, of, who }) =>
    countCondition({
      path: ['history', `${key}-decoy-calls`],
      field: `${field}DecoyCalls` satisfies CountField,
      what: `calls to decoys ${of}`,
      about: `How many calls from ${who} went to decoys (settings: decoys), within a window.`,
      example: `history: { ${key}-decoy-calls: { over: 5, within: 24h } }`,
      check: needsDecoys,
    }),
  );

function needsDecoys({ decoys: lists, refuse }: CompileContext): void {
  if (lists.length > 0) return;
  refuse(
    [],
    'it is not said which numbers are decoys',
    'name a list of unused numbers of yours in the settings: decoys: unused-numbers',
    'no-decoys',
  );
}
