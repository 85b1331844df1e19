import type { CallFacts, CallHistory, Verification } from '../../../call/facts.ts';
import { standardWindows } from '../../../call/windows.ts';
import { ruleDefaults } from '../../rule-defaults.ts';

export const usualName = 'Jo Caller';

/**
 * The call without all that does not matter: each fact is made ordinary as long as `isStill` says that the call is still an
 * example.
 * @param now epoch ms: an ordinary time
 */
export function simplestCall(
  facts: CallFacts,
  now: number,
  isStill: (facts: CallFacts) => boolean,
): CallFacts {
  let simplest = facts;
  for (const simplify of simplifications(now)) {
    const tried = simplify(simplest);
    if (tried !== null && isStill(tried)) simplest = tried;
  }
  return simplest;
}

type Simplify = (facts: CallFacts) => CallFacts | null;

function simplifications(now: number): readonly Simplify[] {
  const usual: Verification = { result: 'none', attestation: null, signer: null, origid: null, source: null };
  return [
    (facts) => ({ ...facts, verification: usual }),
    (facts) => ({ ...facts, caller: { ...facts.caller, displayName: usualName } }),
    (facts) => ({ ...facts, trunk: ruleDefaults.caseTrunk }),
    (facts) => ({ ...facts, now }),
    (facts) => ({ ...facts, site: { levels: {} } }),
    ({ signals: _, ...facts }) => facts,
    (facts) => ({ ...facts, campaign: null }),
    (facts) => ({ ...facts, site: { ...facts.site, levels: {} } }),
    (facts) => ({ ...facts, history: ordinaryHistory(facts), noHistoryReason: null }),
    ...historyFields.map(
      (field): Simplify =>
        (facts) => {
          const ordinary = ordinaryHistory(facts);
          if (facts.history === null) return null;
          return { ...facts, history: { ...facts.history, [field]: ordinary[field] } };
        },
    ),
  ];
}

export const countFields = [
  'calls',
  'failedChallenges',
  'calledNumbers',
  'exchangeCalls',
  'decoys',
  'exchangeFailed',
  'exchangePassed',
  'exchangeDecoyCalls',
  'signerCalls',
  'calledNumberCalls',
  'boardCalls',
  'unknownCalledNumberCalls',
  'unknownBoardCalls',
  'signerFailed',
  'signerPassed',
  'signerDecoyCalls',
  'origidFailed',
  'origidPassed',
] as const satisfies readonly (keyof CallHistory)[];
const historyFields = [
  ...countFields,
  ...(['passUntil', 'dialedUntil', 'expected', 'flags', 'optedOut', 'heard', 'verified'] as const),
] as const;
/** Not known of a caller without a number. */
export const countsOfNumber: ReadonlySet<string> = new Set(countFields.slice(0, 8));

/** Nothing happened before. */
function ordinaryHistory({ caller, history }: CallFacts): CallHistory {
  const hasNumber = caller.number !== null;
  const more = history?.moreWindows ?? [];
  const zeros = Array.from({ length: standardWindows.length + more.length }, () => 0);
  return {
    ...(more.length > 0 && { moreWindows: more }),
    ...{ passUntil: null, dialedUntil: null, expected: null },
    ...Object.fromEntries(
      countFields.map((field) => [field, !hasNumber && countsOfNumber.has(field) ? null : zeros]),
    ),
    ...{ heard: hasNumber ? {} : null, verified: hasNumber ? {} : null },
    ...{ flags: hasNumber ? {} : null, optedOut: hasNumber ? false : null },
  };
}
