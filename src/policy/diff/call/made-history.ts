import { type CallHistory, everyCalendar, type SiteFacts } from '../../../call/facts.ts';
import { flagWords } from '../../../call/vocabulary.ts';
import { standardWindows } from '../../../call/windows.ts';
import type { CountField } from '../../logic/logic.ts';
import type { CallSpace } from './call-space.ts';
import type { Literals } from './literals.ts';

const hourMs = 3_600_000;

const fields: readonly CountField[] = [
  'calls',
  'failedChallenges',
  'calledNumbers',
  'exchangeCalls',
  'signerCalls',
  'calledNumberCalls',
  'boardCalls',
  'unknownCalledNumberCalls',
  'unknownBoardCalls',
];
const ofNumber: ReadonlySet<CountField> = new Set(fields.slice(0, 4));

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
  const [campaign] = literals
    .that('campaign', 'yes')
    .toSorted((a, b) => (a.id === null ? 1 : b.id === null ? -1 : 0));
  const optedOut = literals.of('opted-out')[0]?.answer ?? 'no';
  return {
    passUntil: admissions.get('pass') === 'yes' ? until : null,
    ...(dialed !== 'unknown' && { dialedUntil: dialed === 'yes' ? until : null }),
    ...(expected !== 'unknown' && {
      expected: expected === 'yes' ? { until, called, why: 'example' } : null,
    }),
    ...(more.length > 0 && { moreWindows: more }),
    ...Object.fromEntries(
      fields.map((field) => [
        field,
        !hasNumber && ofNumber.has(field)
          ? null
          : lengths.map((length) => madeCount(literals, field, length)),
      ]),
    ),
    flags: hasNumber ? flags : null,
    optedOut: !hasNumber || optedOut === 'unknown' ? null : optedOut === 'yes',
    ...(!literals.isUnknown('campaign') && {
      campaign: campaign === undefined ? null : (campaign.id ?? 'c-example'),
    }),
  };
}

/** What is true of the whole site; undefined: it is not known; null: there is no such site. */
export function madeSite(
  literals: Literals,
  now: number,
  { before, after }: CallSpace,
): SiteFacts | undefined | null {
  const closed = literals.that('closed', 'yes');
  if (literals.isUnknown('emergency-dialed')) return closed.length > 0 ? null : undefined;
  const open = literals.that('closed', 'no').map(({ calendar }) => calendar);
  const named = closed.flatMap(({ calendar }) => calendar ?? []);
  const others = [...before.calendars.keys(), ...after.calendars.keys()].filter((one) => !open.includes(one));
  // Closed without saying which: one that nobody asks for.
  const any = open.length === 0 ? everyCalendar : others[0];
  if (closed.length > 0 && named.length === 0 && any === undefined) return null;
  const all = closed.length === 0 ? [] : named.length > 0 ? named : [any ?? everyCalendar];
  const dialed = literals.that('emergency-dialed', 'yes').map(({ withinMs }) => withinMs);
  const notDialed = literals.that('emergency-dialed', 'no').map(({ withinMs }) => withinMs);
  const ago = notDialed.length > 0 ? Math.max(...notDialed) : Math.min(...dialed) / 2;
  return {
    ...(all.length > 0 && { closed: all }),
    ...(dialed.length > 0 && { emergencyDialedAt: now - ago }),
  };
}

const aboutHistory = ['admission', 'count', 'flags', 'opted-out', 'campaign'] as const;

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
