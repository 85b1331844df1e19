import type { CallerFound, CallRange } from '../../call/call-records.ts';
import type { MissedPeople } from '../../call/impact/missed-people.ts';
import type { ChallengeResult } from '../../call/vocabulary.ts';
import { inTime, type Question } from './questions.ts';
import type { SqlRow } from './sql-database.ts';

/** The rows of `missedPeople`; who is a likely person is said by `isLikelyPerson` too, of one row. */
export function peopleMissed({ since, until }: CallRange, most: number): Question {
  return {
    sql: `
      WITH missed AS (
        SELECT caller, name, call_id, arrived, challenge, coalesce(verification = 'passed' AND attestation = 'A', false) AS signed
        FROM calls
        WHERE ${inTime} AND challenge IN ('failed', 'silent', 'gave-up') AND caller IS NOT NULL AND campaign IS NULL),
      people AS (
        SELECT caller, count(*) AS missed, min(arrived) AS first_at, max(arrived) AS last_at,
          arg_max(name, arrived) AS name, arg_max(call_id, arrived) AS call_id, arg_max(challenge, arrived) AS result,
          bool_or(challenge = 'failed') AS pressed, bool_or(challenge = 'gave-up') AS gave_up, bool_or(signed) AS signed
        FROM missed GROUP BY caller),
      connected AS (
        SELECT caller, max(arrived) AS reached_at FROM calls
        WHERE ${inTime} AND disposition = 'connected' AND caller IN (SELECT caller FROM people) GROUP BY caller),
      judged AS (
        SELECT people.*, CASE WHEN reached_at > last_at THEN reached_at END AS later_at,
          (signed AND (pressed OR gave_up OR missed > 1)) OR later_at IS NOT NULL AS is_likely
        FROM people LEFT JOIN connected USING (caller))
      SELECT *, count(*) OVER () AS all_people, CAST(sum(CASE WHEN is_likely THEN 1 ELSE 0 END) OVER () AS BIGINT) AS all_likely
      FROM judged ORDER BY is_likely DESC, last_at DESC, call_id LIMIT $most`,
    values: { since, until, most },
  };
}

export function missedPeopleOf(rows: readonly SqlRow[]): MissedPeople {
  return {
    people: rows.map((row) => ({
      ...{ caller: String(row.caller), name: row.name === null ? null : String(row.name) },
      ...{ missed: Number(row.missed), callId: String(row.call_id) },
      ...{
        firstAt: Number(row.first_at),
        lastAt: Number(row.last_at),
        result: row.result as ChallengeResult,
      },
      ...{ pressed: Boolean(row.pressed), gaveUp: Boolean(row.gave_up), signed: Boolean(row.signed) },
      reachedAt: row.later_at === null ? null : Number(row.later_at),
    })),
    all: Number(rows[0]?.all_people ?? 0),
    likely: Number(rows[0]?.all_likely ?? 0),
  };
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
