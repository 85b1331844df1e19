import { bypassOfRealExit, dispositionOf, placeOfRealExit, type RealExit } from '../../call/disposition.ts';
import { campaignOf, listedNumber } from '../../call/facts.ts';
import type { AfterExit, Outcome } from '../../call/outcome.ts';
import { exchangeOfCaller } from '../../numbers/exchange.ts';
import { entryFormat } from '../packing/packed-outcome.ts';

/** A stream of records: one day's shard. `day` is the epoch ms at which the UTC day begins. */
export interface StreamName {
  readonly day: number;
  readonly shard: number;
}

/** Where the record of a call stands in Redis; `ms` and `seq` are the id of its stream entry. */
export interface RecordPlace extends StreamName {
  readonly ms: number;
  readonly seq: number;
}

interface Column {
  readonly name: string;
  readonly type: 'VARCHAR' | 'BIGINT';
  readonly of: (outcome: Outcome, place: RecordPlace) => string | number | null | undefined;
}

/** The table `calls`: what calls are searched and counted by. The whole record stays in Redis. Changing it needs a new `schemaVersion`. */
const columns: readonly Column[] = [
  { name: 'day', type: 'BIGINT', of: (_, { day }) => day },
  { name: 'shard', type: 'BIGINT', of: (_, { shard }) => shard },
  { name: 'entry_ms', type: 'BIGINT', of: (_, { ms }) => ms },
  { name: 'entry_seq', type: 'BIGINT', of: (_, { seq }) => seq },
  { name: 'call_id', type: 'VARCHAR', of: ({ callId }) => callId },
  { name: 'sip_call_id', type: 'VARCHAR', of: ({ facts }) => facts.sipCallId },
  { name: 'arrived', type: 'BIGINT', of: ({ facts }) => facts.now },
  { name: 'caller', type: 'VARCHAR', of: ({ facts }) => facts.caller.number },
  {
    name: 'short_code',
    type: 'VARCHAR',
    of: ({ facts }) => (facts.caller.number === null ? listedNumber(facts.caller) : null),
  },
  { name: 'name', type: 'VARCHAR', of: ({ facts }) => facts.caller.displayName || null },
  { name: 'called', type: 'VARCHAR', of: ({ facts }) => facts.called.number },
  { name: 'exchange', type: 'VARCHAR', of: ({ facts }) => exchangeOfCaller(facts) },
  { name: 'rule', type: 'VARCHAR', of: ({ decision }) => decision?.rule },
  { name: 'verdict', type: 'VARCHAR', of: ({ decision }) => decision?.verdict.kind ?? 'none' },
  { name: 'policy', type: 'VARCHAR', of: ({ decision }) => decision?.policyVersion },
  { name: 'known', type: 'BIGINT', of: ({ decision }) => (decision?.known ? 1 : 0) },
  { name: 'disposition', type: 'VARCHAR', of: (outcome) => dispositionOf(outcome) },
  { name: 'bypass', type: 'VARCHAR', of: ({ bypass }) => bypass?.reason },
  { name: 'challenge', type: 'VARCHAR', of: ({ challenge }) => challenge?.result },
  { name: 'language', type: 'VARCHAR', of: ({ challenge }) => challenge?.language },
  { name: 'quit_second', type: 'BIGINT', of: quitSecond },
  { name: 'verification', type: 'VARCHAR', of: ({ facts }) => facts.verification.result },
  { name: 'attestation', type: 'VARCHAR', of: ({ facts }) => facts.verification.attestation },
  { name: 'signer', type: 'VARCHAR', of: ({ facts }) => facts.verification.signer },
  { name: 'campaign', type: 'VARCHAR', of: ({ facts }) => campaignOf(facts) },
  { name: 'screening_ms', type: 'BIGINT', of: ({ timings }) => Math.round(timings.exitMs) },
  // What comes later: an AfterExit and a RealExit, as JSON.
  { name: 'after_exit', type: 'VARCHAR', of: () => null },
  { name: 'real_exit', type: 'VARCHAR', of: () => null },
  { name: 'real_exit_at', type: 'BIGINT', of: () => null },
];

/** What became of a call after its outcome was written. `place`: where it counts from then on, unless it was bypassed; `reason`: of its bypass. */
const laterColumns = {
  day: 'BIGINT',
  shard: 'BIGINT',
  call_id: 'VARCHAR',
  after_exit: 'VARCHAR',
  real_exit: 'VARCHAR',
  real_exit_at: 'BIGINT',
  place: 'VARCHAR',
  reason: 'VARCHAR',
} as const;

const monitoredColumns = {
  day: 'BIGINT',
  shard: 'BIGINT',
  call_id: 'VARCHAR',
  arrived: 'BIGINT',
  rule: 'VARCHAR',
  was: 'VARCHAR',
  would: 'VARCHAR',
} as const;

const tables = 6;
/**
 * A database of another version is built again. The format of the entries is part of it: a program leaves out what a newer one wrote, and
 * the newer one, started later, must read that again.
 */
export const schemaVersion = tables * 100 + entryFormat;

const callTypes = Object.fromEntries(columns.map(({ name, type }) => [name, type]));

export const createTables = `
  CREATE TABLE about (version BIGINT);
  CREATE TABLE streams (day BIGINT, shard BIGINT, ms BIGINT, seq BIGINT, entries BIGINT);
  CREATE TABLE calls (${typed(callTypes)});
  CREATE TABLE monitored (${typed(monitoredColumns)});
  INSERT INTO about VALUES (${schemaVersion});`;

export const insertCalls = insertOf('calls', callTypes);
export const insertMonitored = insertOf('monitored', monitoredColumns);

/** Of two real exits the later one stands. */
const isLater = 'later.real_exit_at >= coalesce(calls.real_exit_at, 0)';
export const updateCalls = `
  UPDATE calls SET
    after_exit = coalesce(later.after_exit, calls.after_exit),
    real_exit = CASE WHEN ${isLater} THEN later.real_exit ELSE calls.real_exit END,
    real_exit_at = CASE WHEN ${isLater} THEN later.real_exit_at ELSE calls.real_exit_at END,
    disposition = CASE WHEN ${isLater} AND bypass IS NULL THEN later.place ELSE disposition END,
    bypass = CASE WHEN ${isLater} THEN coalesce(bypass, later.reason) ELSE bypass END
  FROM (SELECT ${rowsOf(laterColumns)}) AS later
  WHERE calls.day = later.day AND calls.shard = later.shard AND calls.call_id = later.call_id`;

export type Row = Readonly<Record<string, string | number | null>>;

export function callRow(outcome: Outcome, place: RecordPlace): Row {
  return Object.fromEntries(columns.map(({ name, of }) => [name, of(outcome, place) ?? null]));
}

export function afterExitRow(callId: string, { day, shard }: StreamName, afterExit: AfterExit): Row {
  return { day, shard, call_id: callId, after_exit: JSON.stringify(afterExit) };
}

export function realExitRow(callId: string, { day, shard }: StreamName, realExit: RealExit): Row {
  const said = { real_exit: JSON.stringify(realExit), real_exit_at: realExit.at };
  const [place, reason] = [placeOfRealExit(realExit), bypassOfRealExit(realExit)];
  return { day, shard, call_id: callId, ...said, place, reason };
}

/** What rules in monitor mode, or a board in monitor mode, would have done with the call. */
export function monitoredRows({ callId, facts, decision }: Outcome, { day, shard }: StreamName): Row[] {
  if (decision === null) return [];
  const call = { day, shard, call_id: callId, arrived: facts.now, was: decision.verdict.kind };
  return decision.monitored.map(({ rule, verdict }) => ({ ...call, rule, would: verdict.kind }));
}

/** Whole seconds after the last prompt began at which the caller gave up; at most a minute. */
function quitSecond({ challenge }: Outcome): number | null {
  const last = challenge?.attempts.at(-1);
  if (challenge?.result !== 'gave-up' || last === undefined) return null;
  return Math.max(0, Math.min(60, Math.floor((last.endedAtMs - last.promptAtMs) / 1000)));
}

function typed(types: Readonly<Record<string, string>>): string {
  return Object.entries(types)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');
}

/** Inserts rows that are given as one JSON array. */
function insertOf(table: string, types: Readonly<Record<string, string>>): string {
  const names = Object.keys(types).join(', ');
  return `INSERT INTO ${table} (${names}) SELECT ${rowsOf(types)}`;
}

function rowsOf(types: Readonly<Record<string, string>>): string {
  return `unnest(from_json($rows, '[${JSON.stringify(types)}]'), recursive := true)`;
}
