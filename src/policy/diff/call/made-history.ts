import type { CallHistory, VerifiedCalls } from '../../../call/facts.ts';
import { usuallyA } from '../../../call/usual-verification.ts';
import { flagWords } from '../../../call/vocabulary.ts';
import { standardWindows } from '../../../call/windows.ts';
import type { CountField } from '../../logic/logic.ts';
import type { CallSpace } from './call-space.ts';
import type { Literals } from './literals.ts';
import { countFields, countsOfNumber } from './simplest-call.ts';

const hourMs = 3_600_000;

/** What a call with or without a number may have behind it, as supposed. Undefined: there is no such history. */
export function madeHistory(
  literals: Literals,
  hasNumber: boolean,
  called: string | null,
  now: number,
  { before, after }: CallSpace,
): CallHistory | null | undefined {
  const until = now + hourMs;
  const admissions = new Map(literals.of('admission').map(({ variable, answer }) => [variable.kind, answer]));
  // A pass is known whenever anything is.
  if (admissions.get('pass') === 'unknown') return nothingKnown(literals) ? null : undefined;
  const more = [...new Set([...before.windows, ...after.windows])];
  const lengths = [...standardWindows, ...more];
  const [dialed, expected] = [admissions.get('dialed'), admissions.get('expected')];
  const flags = madeFlags(literals);
  if (flags === undefined) return undefined;
  const optedOut = literals.of('opted-out')[0]?.answer ?? 'no';
  return {
    passUntil: admissions.get('pass') === 'yes' ? until : null,
    ...(dialed !== 'unknown' && { dialedUntil: dialed === 'yes' ? until : null }),
    ...(expected !== 'unknown' && {
      expected: expected === 'yes' ? { until, called, why: 'example' } : null,
    }),
    ...(more.length > 0 && { moreWindows: more }),
    ...Object.fromEntries(
      countFields.map((field) => [
        field,
        !hasNumber && countsOfNumber.has(field)
          ? null
          : lengths.map((length) => madeCount(literals, field, length)),
      ]),
    ),
    flags: hasNumber ? flags : null,
    heard: hasNumber ? madeHeard(literals) : null,
    verified: hasNumber ? madeVerified(literals) : null,
    optedOut: !hasNumber || optedOut === 'unknown' ? null : optedOut === 'yes',
  };
}

const aboutHistory = [
  ...(['admission', 'count', 'flags', 'opted-out'] as const),
  ...(['heard', 'weaker-verification'] as const),
] as const;

function nothingKnown(literals: Literals): boolean {
  return aboutHistory.every((about) => literals.of(about).every(({ answer }) => answer === 'unknown'));
}

/** One more than is asked for; where nothing is, none. Null: it is not known. */
function madeCount(literals: Literals, field: CountField, length: number): number | null {
  const asked = literals
    .of('count')
    .filter(({ variable }) => variable.field === field && variable.withinMs === length);
  if (asked.some(({ answer }) => answer === 'unknown')) return null;
  const over = asked.filter(({ answer }) => answer === 'yes').map(({ variable }) => variable.over);
  return over.length === 0 ? 0 : Math.max(...over) + 1;
}

/** Null: not known; undefined: no flags are like this. */
function madeFlags(literals: Literals): CallHistory['flags'] | undefined {
  const asked = literals.of('flags');
  if (asked.some(({ answer }) => answer === 'unknown')) return null;
  const counts = [...new Set([0, ...asked.flatMap(({ variable: { over } }) => [over, over + 1])])].sort(
    (a, b) => a - b,
  );
  for (const sales of counts)
    for (const scam of counts)
      for (const wanted of counts) {
        const flags = { sales, scam, wanted };
        const fits = asked.every(({ variable: { words, over }, answer }) => {
          const sum = words.reduce((total, word) => total + flags[word], 0);
          return sum > over === (answer === 'yes');
        });
        if (fits) return Object.fromEntries(flagWords.words.map((word) => [word, flags[word]]));
      }
  return undefined;
}

function madeHeard(literals: Literals): NonNullable<CallHistory['heard']> | null {
  if (literals.isUnknown('heard')) return null;
  return Object.fromEntries(literals.that('heard', 'yes').map(({ tone }) => [tone, 1]));
}

/** Weaker than it usually is: it is usually signed A. */
function madeVerified(literals: Literals): VerifiedCalls | null {
  if (literals.isUnknown('weaker-verification')) return null;
  return literals.that('weaker-verification', 'yes').length > 0 ? usuallyA : {};
}
