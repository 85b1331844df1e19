import type { CallRange } from '../../call/call-records.ts';
import { type MissedPeople, nearMs, type PeopleCursor } from '../../call/impact/missed-people.ts';
import type { ChallengeResult } from '../../call/vocabulary.ts';
import { inTime, type Question, quarterMs } from './question.ts';
import type { SqlRow } from './sql-database.ts';

const isReached = "disposition IN ('connected', 'bypassed')";

/**
 * Calls of people possibly harmed, as the CTE `harmed`: the only place that says who is one. A call is `missed` when its challenge was not
 * passed, it reached nobody, is in no campaign, and its caller has a number. It is of a likely person when the rules knew the caller as
 * it came (on a list that does not block, with a pass, dialed, expected); or its number is signed with attestation A and the caller
 * pressed a key, hung up or did not pass another time nearby; or another call of the caller was connected soon after. Robots are silent,
 * unsigned, or in a campaign. What is nearby does not end with the range, so that a call is the same in each range.
 * Callers are joined by their hash, 64 bits: sorting a quarter of a million texts took half of the time.
 */
function harmedCalls(within = inTime, near = nearTime()): string {
  return `
    missed AS (
      SELECT rowid AS place, hash(caller) AS who, caller, arrived, call_id, name, challenge, known = 1 AS known,
        coalesce(verification = 'passed' AND attestation = 'A', false) AS signed
      FROM calls WHERE (${near}) AND challenge <> 'passed' AND NOT ${isReached} AND campaign IS NULL AND caller IS NOT NULL),
    beside AS (
      SELECT place FROM (
        SELECT place, arrived - lag(arrived) OVER own AS since_last, lead(arrived) OVER own - arrived AS until_next
        FROM (SELECT place, who, arrived FROM missed) WINDOW own AS (PARTITION BY who ORDER BY arrived))
      WHERE since_last <= ${nearMs} OR until_next <= ${nearMs}),
    connected AS (
      SELECT hash(caller) AS reached, arrived AS connected_at FROM calls
      WHERE (${near}) AND disposition = 'connected' AND hash(caller) IN (SELECT who FROM missed)),
    soon AS (
      SELECT place, connected_at AS reached_at
      FROM (SELECT place, who, arrived FROM missed WHERE who IN (SELECT reached FROM connected))
      ASOF JOIN connected ON who = reached AND arrived < connected_at
      WHERE connected_at - arrived <= ${nearMs}),
    harmed AS (
      SELECT missed.*, place IN (SELECT place FROM beside) AS again, reached_at
      FROM missed LEFT JOIN soon USING (place) WHERE ${within} AND
        (known OR (signed AND (challenge IN ('failed', 'gave-up') OR again)) OR reached_at IS NOT NULL))`;
}

/** @param since name of the parameter, likewise `until` */
function nearTime(since = '$since', until = '$until'): string {
  return `arrived >= CAST(${since} AS BIGINT) - ${nearMs} AND arrived < CAST(${until} AS BIGINT) + ${nearMs}`;
}

/** What a row of `calls` meant to people, as a word. @param harmed places of the calls of `harmed`; null: they are `stopped` */
const impactOf = (harmed: string | null) => `CASE
  WHEN ${isReached} THEN 'reached'
  ${harmed === null ? '' : `WHEN rowid IN (${harmed}) THEN 'harmed'`}
  WHEN challenge <> 'passed' OR disposition = 'rejected' THEN 'stopped'
  ELSE 'other' END`;

/** The word for a row of `calls` that lies between $since and $until. */
export const impactInTime = impactOf(`WITH ${harmedCalls()} SELECT place FROM harmed`);

export function impactsByQuarter(ranges: readonly CallRange[]): Question {
  const names = ranges.map((_, at) => [`$since${at}`, `$until${at}`] as const);
  const parts = names.map(([since, until]) => `(arrived >= ${since} AND arrived < ${until})`);
  const within = `(${parts.join(' OR ')})`;
  const near = names.map(([since, until]) => `(${nearTime(since, until)})`).join(' OR ');
  const range = `CASE ${parts.map((part, at) => `WHEN ${part} THEN ${at}`).join(' ')} END`;
  return {
    sql: `
      WITH ${harmedCalls(within, near)},
      people AS (SELECT min(arrived) AS first_at FROM harmed GROUP BY who, ${range}),
      found AS (
        SELECT arrived AS moment, ${impactOf(null)} AS value, 1 AS calls FROM calls WHERE ${within}
        UNION ALL SELECT first_at, 'people', 1 FROM people
        UNION ALL SELECT arrived, 'harmed', 1 FROM harmed
        -- Whoever was harmed was counted as stopped above.
        UNION ALL SELECT arrived, 'stopped', -1 FROM harmed)
      SELECT moment // ${quarterMs} * ${quarterMs} AS quarter, value, CAST(sum(calls) AS BIGINT) AS calls
      FROM found GROUP BY ALL HAVING sum(calls) > 0`,
    values: Object.fromEntries(
      ranges.flatMap(({ since, until }, at) => [
        [`since${at}`, since],
        [`until${at}`, until],
      ]),
    ),
  };
}

/** The rows of `missedPeople`, and in each how many there are. */
export function peopleMissed(
  { since, until }: CallRange,
  after: PeopleCursor | null,
  most: number,
): Question {
  const beyond = 'last_at < $lastAt OR (last_at = $lastAt AND call_id > $callId)';
  return {
    sql: `
      WITH ${harmedCalls()},
      people AS (
        SELECT any_value(caller) AS caller, count(*) AS missed, min(arrived) AS first_at, max(arrived) AS last_at,
          arg_max(name, arrived) AS name, arg_max(call_id, arrived) AS call_id, arg_max(challenge, arrived) AS result,
          bool_or(challenge = 'failed') AS pressed, bool_or(challenge = 'gave-up') AS gave_up, bool_or(signed) AS signed,
          bool_or(known) AS known, bool_or(again) AS again, max(reached_at) AS reached_at
        FROM harmed GROUP BY who),
      totals AS (
        SELECT (SELECT count(*) FROM people) AS all_people, (SELECT count(*) FROM harmed) AS all_calls,
          (SELECT count(DISTINCT who) FROM missed WHERE ${inTime}) AS all_callers),
      shown AS (
        SELECT * FROM people ${after === null ? '' : `WHERE ${beyond}`} ORDER BY last_at DESC, call_id LIMIT $limit)
      SELECT * FROM totals LEFT JOIN shown ON true ORDER BY last_at DESC, call_id`,
    values: { since, until, ...after, limit: most + 1 },
  };
}

/** From the rows of `peopleMissed`. */
export function missedPeopleOf(rows: readonly SqlRow[], most: number): MissedPeople {
  const [totals] = rows;
  const found = rows.filter(({ caller }) => caller !== null);
  const people = found.slice(0, most).map((row) => ({
    ...{ caller: String(row.caller), name: row.name === null ? null : String(row.name) },
    ...{ missed: Number(row.missed), firstAt: Number(row.first_at), lastAt: Number(row.last_at) },
    ...{ callId: String(row.call_id), result: row.result as ChallengeResult },
    ...{ pressed: Boolean(row.pressed), gaveUp: Boolean(row.gave_up), signed: Boolean(row.signed) },
    ...{ known: Boolean(row.known), again: Boolean(row.again) },
    reachedAt: row.reached_at === null ? null : Number(row.reached_at),
  }));
  const last = people.at(-1);
  return {
    people,
    next: found.length > most && last !== undefined ? { lastAt: last.lastAt, callId: last.callId } : null,
    all: Number(totals?.all_people ?? 0),
    calls: Number(totals?.all_calls ?? 0),
    callers: Number(totals?.all_callers ?? 0),
  };
}
