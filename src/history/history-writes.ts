import { callDigest } from '../call/call-id.ts';
import type { Outcome } from '../call/outcome.ts';
import { isStoredName } from '../privacy/caller-names.ts';
import type { RedisCommand } from '../redis/redis-client.ts';
import { callerKeys, scopeCountsKey, scopeSeenKey, seenPlace, shardExpiresAt } from '../redis/redis-keys.ts';
import { calledDigest, scopesOf } from './history-scopes.ts';
import {
  bucketArgs,
  longestBucketMs,
  longestWindowMs,
  maxCallsOfCaller,
  unknownBucketArgs,
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
  const { exchange, signer, called, board } = scopesOf(facts, exchangeOfCaller);
  const isUnknown = outcome.decision !== null && outcome.decision.known !== true;
  const scopes = [exchange, signer, called, board].filter((scope) => scope !== null);
  const forgottenAt = String(facts.now + longestWindowMs + longestBucketMs);
  const { field, digest } = seenPlace(callId);
  const seenUntil = String(shardExpiresAt(facts.now, countedUntilMs));
  const writes: RedisCommand[] = scopes.map((scope) => {
    const keys = [scopeCountsKey(scope), scopeSeenKey(scope, facts.now)];
    const args = [String(facts.now), field, digest, seenUntil, forgottenAt, ...bucketArgs];
    if (isUnknown && (scope === called || scope === board)) args.push(...unknownBucketArgs);
    return (to) => to.countCall(...keys, ...args);
  });
  const { number } = facts.caller;
  if (number !== null && isStoredName(number)) writes.unshift(callerWrite(callId, outcome, number));
  return writes;
}

function callerWrite(callId: string, { facts, challenge }: Outcome, callerNumber: string): RedisCommand {
  const isFailed = challenge?.result === 'failed' || challenge?.result === 'silent';
  const about = `${isFailed ? 'f' : '-'}${calledDigest(facts)}`;
  const limits = [String(longestWindowMs), String(maxCallsOfCaller)];
  const args = [callerKeys(callerNumber).calls, String(facts.now), callDigest(callId), about, ...limits];
  return (to) => to.countCallerCall(...args);
}
