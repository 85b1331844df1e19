import { digestOf } from '../call/call-id.ts';
import { isStoredName } from '../privacy/caller-names.ts';

const prefix = 'gh:';
const dayMs = 86_400_000;

/** Outcomes of one day are spread over this many keys, so that a Redis Cluster can spread them over its nodes. */
const shardsPerDay = 4;

/** A value that no key can be made of. `code` is stable. */
export class RedisKeyError extends Error {
  readonly code = 'redis-key';
}

/** Keys of one day's shard; the braces keep all of them in one hash slot (Redis Cluster specification, hash tags). */
export interface ShardKeys {
  /** Epoch ms at which its day begins, UTC. */
  readonly day: number;
  readonly shard: number;
  /** Stream: an entry for each call and for what came later of it (call-store/stored-entry.ts). */
  readonly records: string;
  /** Hash: byte of the call's digest → its calls, twelve bytes each: digest (8), place (3), what came later (1). */
  readonly seen: string;
  /** Hash: place of a call → when the dialplan said last where it really went, epoch ms. Few calls have one. */
  readonly realExits: string;
  /** Never there: asks whether Redis takes writes for this slot (write-refusal.ts). */
  readonly probe: string;
}

/** `arrivedAt` in epoch ms; the day is UTC. Throws RedisKeyError when it is not a time. */
export function shardKeysOfCall(callId: string, arrivedAt: number): ShardKeys {
  return shardKeys(dayStart(arrivedAt), shardOf(callId));
}

/** All shards of every UTC day that `since` to `until` (epoch ms, both included) touches; a list for each day, in order. */
export function shardKeysBetween(since: number, until: number): ShardKeys[][] {
  const days: ShardKeys[][] = [];
  for (let at = Math.floor(since / dayMs) * dayMs; at <= until; at += dayMs) {
    days.push(Array.from({ length: shardsPerDay }, (_, shard) => shardKeys(at, shard)));
  }
  return days;
}

/** When a shard may be forgotten: `retentionMs` after the end of its day. Epoch ms. */
export function shardExpiresAt(arrivedAt: number, retentionMs: number): number {
  return (Math.floor(arrivedAt / dayMs) + 1) * dayMs + retentionMs;
}

/**
 * String: epoch ms at which the caller's pass ends, then the calls that granted it (scripts/grant-pass.lua). Throws
 * RedisKeyError when the caller is not as caller-names.ts writes one.
 */
export function passKey(callerNumber: string): string {
  return `${callerTag(callerNumber)}:pass`;
}

/** What is remembered of one caller; all in one hash slot. */
export interface CallerKeys {
  /** String: epoch ms at which the pass ends. */
  readonly pass: string;
  /** String: epoch ms until which a call back is expected, because our people dialed the number. */
  readonly dialed: string;
  /** Sorted set: the caller's newest calls by arrival (scripts/count-caller-call.lua). */
  readonly calls: string;
  /** Hash: word of a flag → how often. */
  readonly flags: string;
  /** Set: which calls were flagged, and how. */
  readonly flagged: string;
  /** String: epoch ms until which the caller counts as one who opted out. */
  readonly optedOut: string;
  /** Hash: id → what staff did about the caller, JSON (call/staff/caller-actions.ts). */
  readonly actions: string;
}

/** Throws RedisKeyError when the caller is not as caller-names.ts writes one. */
export function callerKeys(callerNumber: string): CallerKeys {
  const tag = callerTag(callerNumber);
  return {
    pass: passKey(callerNumber),
    dialed: `${tag}:dialed`,
    calls: `${tag}:calls`,
    flags: `${tag}:flags`,
    flagged: `${tag}:flagged`,
    optedOut: `${tag}:opted-out`,
    actions: `${tag}:actions`,
  };
}

/** What calls are counted by, beside their caller. `who` holds no braces: it is a number or a digest. */
export interface Scope {
  readonly by: 'exchange' | 'signer' | 'origid' | 'called' | 'board';
  /** Empty for the whole board. */
  readonly who: string;
}

/** Hash: bucket → calls that arrived in it (scripts/count-call.lua). Throws RedisKeyError when the scope is none. */
export function scopeCountsKey(scope: Scope): string {
  return `${scopeTag(scope)}:counts`;
}

/** Hash: byte of the digest → calls of that UTC day that were counted, eight bytes each; in the slot of the counts. */
export function scopeSeenKey(scope: Scope, arrivedAt: number): string {
  return `${scopeTag(scope)}:calls:${dayOf(arrivedAt)}`;
}

/** Hash: `<caller> <called or *>` → the window in which staff expect the call, JSON. */
export const expectedKey = `${prefix}{expected}:calls`;

/** Hash: calendar, or `*` for all → until when, since when and why staff closed it by hand, JSON. */
export const closedKey = `${prefix}{site}:closed`;

/** String: the calls that were flagged at once, JSON; no caller can be read from it. Throws RedisKeyError when the id is none. */
export function flagBatchKey(id: string): string {
  if (!/^[\w-]{1,40}$/.test(id)) throw new RedisKeyError('no id of a batch of flags');
  return `${prefix}{batch:${id}}:flags`;
}

/** String: epoch ms, a day after somebody last dialed an emergency number. */
export const emergencyKey = `${prefix}{site}:emergency`;

/** String: what is not calm, as the node that watches over it found, JSON (levels/level-state.ts). */
export const levelsKey = `${prefix}{site}:levels`;

/** Hash: `level <scope>` or `surge <number>` → what staff set by hand, until when, since when, who and why, JSON. */
export const levelsByHandKey = `${prefix}{site}:levels-by-hand`;

/** String: the process that watches the calls of all nodes, for as long as it says so (scripts/hold-lease.lua). */
export const watcherKey = `${prefix}{site}:watcher`;

/** Hash: id of a campaign → what was found of it, JSON (campaigns/stored-campaigns.ts). */
export const campaignsKey = `${prefix}{campaigns}:found`;

/** Hash: id of a campaign → what staff said of it, JSON. */
export const campaignWordsKey = `${prefix}{campaigns}:said`;

/** String: how many people show which traits, JSON; no trait can be read from it (campaigns/people-memory.ts). */
export const campaignPeopleKey = `${prefix}{campaigns}:people`;

/** String: what is usual by hour, JSON (levels/usual-calls.ts). */
export const usualCallsKey = `${prefix}{site}:usual-calls`;

/** Stream: what happened to the site, an entry when it begins and one when it ends (history/site-event-log.ts). */
export const siteEventsKey = `${prefix}{site}:events`;

/** String: the node that does this one thing for the whole site (site-claim.ts). */
export function claimKey(what: string): string {
  return `${prefix}{site}:claimed:${what}`;
}

/** Hash: digest of a call → who followed up its caller, and when, JSON; of the calls that arrived on that UTC day. */
export function followUpsKey(arrivedAt: number): string {
  return `${prefix}{follow-ups:${dayOf(arrivedAt)}}:done`;
}

/** String: who is forgetting somebody now; two at a time would bring back what the other erased. */
export const forgettingKey = `${prefix}{forgetting}`;

/** Where a call stands in the hash of seen calls. */
export function seenPlace(callId: string): { readonly field: Buffer; readonly digest: Buffer } {
  const digest = digestOf(callId);
  return { field: digest.subarray(8, 9), digest: digest.subarray(0, 8) };
}

/** The shard that a key of its records belongs to; null when it is no such key. */
export function shardOfKey(key: string): ShardKeys | null {
  const [, day = '', shard = ''] = /^gh:\{day:(\d{4}-\d\d-\d\d):(\d+)\}:/.exec(key) ?? [];
  const start = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(start) ? null : shardKeys(start, Number(shard));
}

export function shardKeys(day: number, shard: number): ShardKeys {
  const tag = shardTag(day, shard);
  return {
    day,
    shard,
    records: `${tag}:records`,
    seen: `${tag}:calls`,
    realExits: `${tag}:real-exits`,
    probe: `${tag}:probe`,
  };
}

function shardTag(day: number, shard: number): string {
  return `${prefix}{day:${dayOf(day)}:${shard}}`;
}

function dayStart(at: number): number {
  dayOf(at);
  return Math.floor(at / dayMs) * dayMs;
}

function shardOf(callId: string): number {
  return digestOf(callId).readUInt32BE(28) % shardsPerDay;
}

/** The keys of one call ask for it several times. */
let lastDay = { day: Number.NaN, text: '' };

function dayOf(at: number): string {
  if (!Number.isSafeInteger(at) || at < 0 || at > 253_402_300_799_999) {
    throw new RedisKeyError(`not an epoch time in ms: ${at}`);
  }
  const day = Math.floor(at / dayMs);
  if (lastDay.day !== day) lastDay = { day, text: new Date(at).toISOString().slice(0, 10) };
  return lastDay.text;
}

function scopeTag({ by, who }: Scope): string {
  if (!/^[A-Za-z0-9_+-]{0,40}$/.test(who)) throw new RedisKeyError(`no key can be made of this ${by}`);
  return `${prefix}{${who === '' ? by : `${by}:${who}`}}`;
}

function callerTag(callerName: string): string {
  // Anything else could close the braces and land in another slot.
  if (!isStoredName(callerName)) throw new RedisKeyError('caller number is not E.164');
  return `${prefix}{${callerName}}`;
}

/** Pattern of all keys of one caller (Redis SCAN). Throws RedisKeyError when there can be none. */
export function callerKeysPattern(callerName: string): string {
  return `${callerTag(callerName)}:*`;
}
