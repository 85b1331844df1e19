import { InvalidArgumentError } from 'commander';
import type { CallHistory, WindowCounts } from '../../call/facts.ts';
import { usuallyA } from '../../call/usual-verification.ts';
import type { Flag, NoHistoryReason } from '../../call/vocabulary.ts';
import { countedWindows, standardWindows, windowMs } from '../../call/windows.ts';
import {
  type OriginCount,
  originCountNames,
  originCounts,
  originCountsOf,
} from '../../policy/conditions/signals/origin-counts.ts';

/** Counts of the history, as options name them. */
const countNames = {
  ...(Object.fromEntries(originCountNames.map((name) => [name, originCounts[name].field])) as {
    readonly [N in OriginCount]: (typeof originCounts)[N]['field'];
  }),
  calls: 'calls',
  decoys: 'decoys',
  'failed-challenges': 'failedChallenges',
  'called-numbers': 'calledNumbers',
  'exchange-calls': 'exchangeCalls',
  'signer-calls': 'signerCalls',
  'called-number-calls': 'calledNumberCalls',
  'board-calls': 'boardCalls',
  'unknown-called-number-calls': 'unknownCalledNumberCalls',
  'unknown-board-calls': 'unknownBoardCalls',
} as const;
type CountField = (typeof countNames)[keyof typeof countNames];

export interface Count {
  readonly field: CountField;
  readonly count: number;
  /** Length of the window, ms. */
  readonly within: number;
}

export interface HistoryOptions {
  readonly passedBefore?: true;
  readonly dialed?: true;
  readonly expected?: true;
  readonly count?: readonly Count[];
  readonly flagged?: readonly (readonly [Flag, number])[];
  readonly optedOut?: true;
  readonly weakerVerification?: true;
  readonly heard?: readonly ('fax' | 'tty')[];
  readonly campaign?: string;
  readonly missingHistory?: NoHistoryReason | true;
}

const hourMs = 3_600_000;

/** Reads `calls=12/10m`; adds to those before. */
export function readCount(text: string, before: readonly Count[] = []): readonly Count[] {
  const [, name = '', count = '', within = ''] = /^([a-z-]+)=(\d{1,7})\/(\w+)$/.exec(text) ?? [];
  const field = Object.hasOwn(countNames, name) ? countNames[name as keyof typeof countNames] : undefined;
  const window = windowMs(within) ?? 0;
  if (field === undefined || countedWindows(window).below !== window)
    throw new InvalidArgumentError(
      `write what=count/window, as in calls=12/10m; what: ${Object.keys(countNames).join(', ')}; window: 10m, 15m, 6h or another that rules can ask for`,
    );
  return [...before, { field, count: Number(count), within: window }];
}

/** Reads `scam` or `sales=3`; adds to those before. */
export function readFlag(
  text: string,
  before: readonly (readonly [Flag, number])[] = [],
): readonly (readonly [Flag, number])[] {
  const [, word, count = '1'] = /^(sales|scam|wanted)(?:=(\d{1,5}))?$/.exec(text) ?? [];
  if (word === undefined)
    throw new InvalidArgumentError('write sales, scam or wanted; scam=3 for several times');
  return [...before, [word as Flag, Number(count)]];
}

/** Reads `fax` or `tty`; adds to those before. */
export function readHeard(text: string, before: readonly ('fax' | 'tty')[] = []): readonly ('fax' | 'tty')[] {
  if (text === 'fax' || text === 'tty') return [...before, text];
  throw new InvalidArgumentError('write fax or tty');
}

export function readMissing(text: string): NoHistoryReason {
  if (text === 'deadline' || text === 'unavailable' || text === 'not-asked') return text;
  throw new InvalidArgumentError('allowed: deadline, unavailable, not-asked');
}

/** The history of a hypothetical call: only what the options say. Null when it is to be missing. */
export function hypotheticalHistory(
  options: HistoryOptions,
  hasNumber: boolean,
  now: number,
  more: readonly number[] = [],
): { readonly history: CallHistory | null; readonly noHistoryReason: NoHistoryReason | null } {
  if (options.missingHistory)
    return {
      history: null,
      noHistoryReason: options.missingHistory === true ? 'unavailable' : options.missingHistory,
    };
  const ofCalls = (field: CountField) => counts(options.count ?? [], field, [...standardWindows, ...more]);
  const others = {
    ...(more.length > 0 && { moreWindows: more }),
    ...originCountsOf(hasNumber, (name) => ofCalls(originCounts[name].field)),
    unknownCalledNumberCalls: ofCalls('unknownCalledNumberCalls'),
    unknownBoardCalls: ofCalls('unknownBoardCalls'),
    calledNumberCalls: ofCalls('calledNumberCalls'),
    boardCalls: ofCalls('boardCalls'),
    signerCalls: ofCalls('signerCalls'),
    campaign: options.campaign ?? null,
  };
  if (!hasNumber)
    return {
      history: { passUntil: null, dialedUntil: null, expected: null, ...others },
      noHistoryReason: null,
    };
  const history: CallHistory = {
    ...others,
    passUntil: options.passedBefore ? now + hourMs : null,
    dialedUntil: options.dialed ? now + hourMs : null,
    expected: options.expected ? { until: now + hourMs, called: null, why: 'gatehouse explain' } : null,
    calls: ofCalls('calls'),
    failedChallenges: ofCalls('failedChallenges'),
    calledNumbers: ofCalls('calledNumbers'),
    decoys: ofCalls('decoys'),
    verified: options.weakerVerification ? usuallyA : {},
    heard: Object.fromEntries((options.heard ?? []).map((tone) => [tone, 1])),
    exchangeCalls: ofCalls('exchangeCalls'),
    flags: Object.fromEntries(options.flagged ?? []),
    optedOut: options.optedOut === true,
  };
  return { history, noHistoryReason: null };
}

/** A count within ten minutes also counts within an hour. */
function counts(given: readonly Count[], field: CountField, lengths: readonly number[]): WindowCounts {
  return lengths.map((length) =>
    given.reduce(
      (most, one) => (one.field === field && one.within <= length ? Math.max(most, one.count) : most),
      0,
    ),
  );
}
