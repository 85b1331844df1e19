import { callDigest } from '../call/call-id.ts';
import type { Outcome } from '../call/outcome.ts';
import { isWeaker, rememberedVerification, usualVerification } from '../call/usual-verification.ts';
import { isStoredName } from '../privacy/caller-names.ts';
import type { RedisCommand } from '../redis/redis-client.ts';
import {
  callerKeys,
  type Scope,
  scopeCountsKey,
  scopeSeenKey,
  seenPlace,
  shardExpiresAt,
} from '../redis/redis-keys.ts';
import { type CallMark, decoyMark, verifiedMarks } from './call-marks.ts';
import { calledDigest, scopesOf } from './history-scopes.ts';
import {
  bucketArgs,
  type Counted,
  longestBucketMs,
  longestWindowMs,
  maxCallsOfCaller,
} from './history-windows.ts';

// How late a call may be counted by exchange, signer, called number and board: longer than Redis may reasonably be away.
const countedUntilMs = 7 * 86_400_000;

/**
 * What a finished call changes in the windows that later calls are judged by, a script for each hash slot; bypassed
 * calls count too. Throws RedisKeyError when its arrival is not a time.
 */
export function historyWrites(
  callId: string,
  outcome: Outcome,
  exchangeOfCaller?: string | null,
): RedisCommand[] {
  const { facts } = outcome;
  const { exchange, signer, origid, called, board } = scopesOf(facts, exchangeOfCaller);
  const isUnknown = outcome.decision !== null && outcome.decision.known !== true;
  const ended = endOf(outcome);
  const ofOrigin: readonly Counted[] = [...ended, ...(facts.signals?.decoy ? (['decoys'] as const) : [])];
  const ofUs: readonly Counted[] = isUnknown ? ['unknown'] : [];
  const counts: readonly (readonly [Scope | null, readonly Counted[]])[] = [
    [exchange, ['all', ...ofOrigin]],
    [signer, ['all', ...ofOrigin]],
    // Whoever signs chooses it: a key only for those whose challenge came to an end.
    [ended.length > 0 ? origid : null, ended],
    [called, ['all', ...ofUs]],
    [board, ['all', ...ofUs]],
  ];
  const forgottenAt = String(facts.now + longestWindowMs + longestBucketMs);
  const { field, digest } = seenPlace(callId);
  const seenUntil = String(shardExpiresAt(facts.now, countedUntilMs));
  const writes = counts.flatMap(([scope, counted]): RedisCommand[] => {
    if (scope === null) return [];
    const keys = [scopeCountsKey(scope), scopeSeenKey(scope, facts.now)];
    const args = [String(facts.now), field, digest, seenUntil, forgottenAt, ...counted.flatMap(bucketArgs)];
    return [(to) => to.countCall(...keys, ...args)];
  });
  const { number } = facts.caller;
  if (number !== null && isStoredName(number)) writes.unshift(callerWrite(callId, outcome, number));
  return writes;
}

function callerWrite(callId: string, outcome: Outcome, callerNumber: string): RedisCommand {
  const { facts } = outcome;
  const about = `${markOf(outcome)}${calledDigest(facts)}${facts.signals?.decoy ? decoyMark : ''}`;
  const limits = [String(longestWindowMs), String(maxCallsOfCaller)];
  const args = [callerKeys(callerNumber).calls, String(facts.now), callDigest(callId), about, ...limits];
  return (to) => to.countCallerCall(...args);
}

/** How the challenge of a call ended, as it is counted; who hung up before the end counts as neither. */
function endOf({ challenge }: Outcome): readonly ('failed' | 'passed')[] {
  if (challenge?.result === 'passed') return ['passed'];
  return challenge?.result === 'failed' || challenge?.result === 'silent' ? ['failed'] : [];
}

function markOf(outcome: Outcome): CallMark {
  const { bypass, facts } = outcome;
  if (endOf(outcome).includes('failed')) return 'f';
  if (bypass?.reason === 'fax') return 'x';
  if (bypass?.reason === 'tty') return 't';
  const verified = isTrusted(outcome) ? rememberedVerification(facts.verification) : null;
  return verified === null ? '-' : verifiedMarks[verified];
}

/**
 * Whether the call shows how calls of its number are verified. A forger must not teach it: who is verified less well than usual
 * has to pass a challenge first.
 */
function isTrusted({ facts, decision, challenge, exit, bypass }: Outcome): boolean {
  if (challenge !== null) return challenge.result === 'passed';
  const verified = facts.history?.verified;
  if (decision === null || bypass !== null || exit.kind !== 'connect' || !verified) return false;
  const usual = usualVerification(verified);
  return usual === null || !isWeaker(facts, usual);
}
