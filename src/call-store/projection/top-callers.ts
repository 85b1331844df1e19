import { mostFirst, type TopCaller, type TopCallers, type ValueCount } from '../../call/call-records.ts';
import { type CallsWanted, conditionsOf, inTime, type Question } from './questions.ts';
import type { SqlRow } from './sql-database.ts';

/** A row for each result and signer of each of them; each row says too how many calls and callers there are. */
export function callersWithMost(filter: CallsWanted, limit: number): Question {
  const { since, until } = filter;
  const { sql, values } = conditionsOf(filter);
  return {
    sql: `
      WITH own AS MATERIALIZED (
        SELECT caller, count(*) AS own_calls FROM calls WHERE ${inTime} AND caller IS NOT NULL${sql} GROUP BY caller),
      every AS (SELECT CAST(sum(own_calls) AS BIGINT) AS all_calls, count(*) AS all_callers FROM own),
      top AS (SELECT caller FROM own ORDER BY own_calls DESC, caller LIMIT $limit),
      parts AS (
        SELECT caller, disposition, signer, count(*) AS calls, max(arrived) AS last_at, arg_max(call_id, arrived) AS latest,
          min(exchange) AS exchange
        FROM calls WHERE ${inTime} AND caller IN (SELECT caller FROM top)${sql} GROUP BY caller, disposition, signer)
      SELECT * FROM every LEFT JOIN parts ON true`,
    values: { since, until, ...values, limit },
  };
}

/** From the rows of `callersWithMost`. */
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
