import {
  type CallerFound,
  type CallRange,
  mostFirst,
  type TopCaller,
  type TopCallers,
  type ValueCount,
} from '../../call/call-records.ts';
import { inTime, type Question } from './question.ts';
import { type CallsWanted, conditionsOf } from './questions.ts';
import type { SqlRow } from './sql-database.ts';

/**
 * A row for each result and signer of each of them; each row says too how many calls and callers there are. `after`: not those with the
 * most calls, but those whose number comes after it, in the order of numbers.
 */
export function callersAsked(filter: CallsWanted, limit: number, after: string | null = null): Question {
  const { since, until } = filter;
  const { sql, values } = conditionsOf(filter);
  const wanted = after === null ? 'ORDER BY own_calls DESC, caller' : 'WHERE caller > $after ORDER BY caller';
  return {
    sql: `
      WITH own AS MATERIALIZED (
        SELECT caller, count(*) AS own_calls FROM calls WHERE ${inTime} AND caller IS NOT NULL${sql} GROUP BY caller),
      every AS (SELECT CAST(sum(own_calls) AS BIGINT) AS all_calls, count(*) AS all_callers FROM own),
      top AS (SELECT caller FROM own ${wanted} LIMIT $limit),
      parts AS (
        SELECT caller, disposition, signer, count(*) AS calls, max(arrived) AS last_at, arg_max(call_id, arrived) AS latest,
          min(exchange) AS exchange
        FROM calls WHERE ${inTime} AND caller IN (SELECT caller FROM top)${sql} GROUP BY caller, disposition, signer)
      SELECT * FROM every LEFT JOIN parts ON true`,
    values: { since, until, ...values, ...(after !== null && { after }), limit },
  };
}

/** From the rows of `callersAsked`, most calls first. */
export function topCallersOf(rows: readonly SqlRow[]): TopCallers {
  const byCaller = Map.groupBy(
    rows.filter(({ caller }) => caller !== null),
    ({ caller }) => String(caller),
  );
  const callers = [...byCaller].map(([caller, parts]): TopCaller => {
    const newest = parts.reduce((one, other) => (Number(other.last_at) > Number(one.last_at) ? other : one));
    const results = summed(parts, 'disposition');
    return {
      ...{ caller, calls: results.reduce((sum, { calls }) => sum + calls, 0) },
      ...{ latest: String(newest.latest), lastAt: Number(newest.last_at) },
      exchange: newest.exchange === null ? null : String(newest.exchange),
      signer: summed(parts, 'signer')[0]?.value ?? null,
      results,
    };
  });
  const [first] = rows;
  return {
    ...{ calls: Number(first?.all_calls ?? 0), all: Number(first?.all_callers ?? 0) },
    callers: mostFirst(callers, ({ caller }) => caller),
  };
}

/** Calls by the value of a column, most first; without a value they are left out. */
function summed(rows: readonly SqlRow[], column: string): ValueCount[] {
  const found = new Map<string, number>();
  for (const { [column]: value, calls } of rows)
    if (value !== null) found.set(String(value), (found.get(String(value)) ?? 0) + Number(calls));
  const counts = [...found].map(([value, calls]) => ({ value, calls }));
  return mostFirst(counts, ({ value }) => value);
}

/** `digits`: nothing but digits. */
export function callersHaving(digits: string, { since, until }: CallRange, most: number): Question {
  return {
    sql: `
      SELECT caller, count(*) AS calls, max(arrived) AS last_at, arg_max(call_id, arrived) AS latest FROM calls
      WHERE ${inTime} AND caller LIKE '+%' AND contains(caller, $digits)
      GROUP BY caller ORDER BY calls DESC, last_at DESC, caller LIMIT $most`,
    values: { since, until, digits, most },
  };
}

export function callersFoundOf(rows: readonly SqlRow[]): CallerFound[] {
  return rows.map(({ caller, calls, latest }) => ({
    ...{ caller: String(caller), calls: Number(calls), latest: String(latest) },
  }));
}
