import {
  anyValue,
  type FilterFieldName,
  filterFieldNames,
  noValue,
  readWeekHour,
} from '../../call/call-filter.ts';
import type { CallOrder, CallRange, ChallengeDimension, CountDimension } from '../../call/call-records.ts';
import { isShortCodeText } from '../../call/facts.ts';
import { challengeResults } from '../../call/vocabulary.ts';
import { impactInTime } from './impact.ts';
import { inTime, type Question, quarterMs } from './question.ts';
import type { SqlRow, SqlValues } from './sql-database.ts';

const place = 'day, shard, entry_ms, entry_seq, call_id, arrived, screening_ms, after_exit, real_exit';
/** Two calls of one millisecond have an order too. */
const placeColumns = ['arrived', 'shard', 'entry_ms', 'entry_seq'] as const;
const inOrder = (columns: readonly string[], way: 'ASC' | 'DESC') =>
  `ORDER BY ${columns.map((column) => `${column} ${way}`).join(', ')}`;
const newestFirst = inOrder(placeColumns, 'DESC');

interface Condition {
  readonly sql: string;
  readonly values: SqlValues;
}

/** Most have a column of their name. */
function conditionOf(name: FilterFieldName, value: string): Condition {
  const isColumn = (column: string, shown = column): Condition => ({
    sql: `${shown} = $${column}`,
    values: { [column]: value },
  });
  switch (name) {
    case 'caller':
      return isColumn(isShortCodeText(value) ? 'short_code' : 'caller');
    case 'where':
      return isColumn('disposition');
    case 'campaign':
      if (value === anyValue) return { sql: 'campaign IS NOT NULL', values: {} };
      return value === noValue ? { sql: 'campaign IS NULL', values: {} } : isColumn(name);
    case 'name':
      return { sql: 'contains(lower(name), lower($name))', values: { name: value } };
    case 'called':
    case 'rule':
    case 'attestation':
      return value === noValue ? { sql: `${name} IS NULL`, values: {} } : isColumn(name);
    case 'challenge':
      return value === 'any' ? { sql: 'challenge IS NOT NULL', values: {} } : isColumn(name);
    case 'quit-second':
      return isColumn('quit_second', 'CAST(quit_second AS VARCHAR)');
    case 'hour': {
      const { zone, weekday, hour } = readWeekHour(value);
      const local = 'timezone($zone, to_timestamp(arrived / 1000))';
      return {
        sql: `isodow(${local}) = $weekday AND hour(${local}) = $hour`,
        values: { zone, weekday: weekday + 1, hour },
      };
    }
    case 'impact':
      return isColumn('impact', impactInTime);
    default:
      return isColumn(name);
  }
}

/** What monitored rules matched and would have decided is in a table of its own. */
function monitoredCondition({ monitored, would }: CallsWanted): Condition[] {
  if (monitored === undefined && would === undefined) return [];
  const values = {
    ...(monitored !== undefined && { monitored }),
    ...(would !== undefined && { would }),
  };
  const tests = [
    ...(monitored === undefined ? [] : ['rule = $monitored']),
    ...(would === undefined ? [] : ['would = $would']),
  ];
  return [
    {
      sql: `(day, shard, call_id) IN (SELECT (day, shard, call_id) FROM monitored WHERE ${inTime} AND ${tests.join(' AND ')})`,
      values,
    },
  ];
}

/** All that a filter asks beside the time. */
export function conditionsOf(filter: CallsWanted): Condition {
  const given = filterFieldNames.flatMap((name) => {
    const value = filter[name];
    return value === undefined || name === 'monitored' || name === 'would'
      ? []
      : [conditionOf(name, String(value))];
  });
  const all = [...given, ...monitoredCondition(filter)];
  return {
    sql: all.map(({ sql }) => ` AND ${sql}`).join(''),
    values: Object.assign({}, ...all.map(({ values }) => values)) as SqlValues,
  };
}

/** The last call that a page showed, by what pages are in order of: `placeColumns`, after `screening_ms` when the longest come first. */
export type PageEnd = readonly number[];

const orderColumns = (order: CallOrder): readonly string[] =>
  order === 'longest' ? ['screening_ms', ...placeColumns] : placeColumns;

/** What stands in the cursor of a page that ends with this call. */
export function pageEndOf(row: SqlRow, order: CallOrder): PageEnd {
  return orderColumns(order).map((column) => Number(row[column]));
}

export function pageEndLength(order: CallOrder): number {
  return orderColumns(order).length;
}

export type CallsWanted = CallRange & { readonly [Name in FilterFieldName]?: string };

export function matchingCalls(
  filter: CallsWanted,
  after: PageEnd | null,
  limit: number,
  order: CallOrder = 'newest',
  isBackward = false,
): Question {
  const { since, until } = filter;
  const { sql, values } = conditionsOf(filter);
  const columns = orderColumns(order);
  const isRising = (order === 'oldest') !== isBackward;
  const beyond = `(${columns.join(', ')}) ${isRising ? '>' : '<'} (${columns.map((_, at) => `$end${at}`).join(', ')})`;
  const end = after && Object.fromEntries(after.map((value, at) => [`end${at}`, value]));
  return {
    sql: `SELECT ${place} FROM calls WHERE ${inTime}${sql} ${after === null ? '' : `AND ${beyond}`} ${inOrder(columns, isRising ? 'ASC' : 'DESC')} LIMIT $limit`,
    values: { since, until, ...values, ...end, limit },
  };
}

export function callOfId(id: string): Question {
  return { sql: `SELECT ${place} FROM calls WHERE call_id = $id LIMIT 1`, values: { id } };
}

/** Of several calls the newest. */
export function callOfSipId(id: string): Question {
  return { sql: `SELECT ${place} FROM calls WHERE sip_call_id = $id ${newestFirst} LIMIT 1`, values: { id } };
}

/** What calls are counted by. Without a value they are not counted, unless it is one to be without. */
const dimensionValues: Readonly<Record<Exclude<CountDimension, 'monitored'>, string>> = {
  where: 'disposition',
  rule: 'rule',
  verdict: 'verdict',
  challenge: 'challenge',
  bypass: 'bypass',
  verification: 'verification',
  attestation: "coalesce(attestation, 'none')",
  signer: 'signer',
  called: "coalesce(called, 'none')",
  'short-code': 'short_code',
  exchange: 'exchange',
  campaign: 'campaign',
  language: 'language',
  'quit-second': 'CAST(quit_second AS VARCHAR)',
  policy: 'policy',
};

const hourMs = 3_600_000;

export function callsCounted(dimension: CountDimension, filter: CallsWanted): Question {
  const { since, until } = filter;
  const { sql, values } = conditionsOf(filter);
  const own = `SELECT call_id, arrived, ${dimension === 'monitored' ? 'call_id' : dimensionValues[dimension]} AS value FROM calls WHERE ${inTime}${sql}`;
  const from =
    dimension === 'monitored'
      ? `SELECT DISTINCT call_id, arrived, rule AS value FROM monitored WHERE ${inTime}${sql === '' ? '' : ` AND call_id IN (SELECT call_id FROM (${own}))`}`
      : own;
  return {
    sql: `SELECT value, count(*) AS calls FROM (${from}) WHERE value IS NOT NULL GROUP BY value ORDER BY calls DESC, value`,
    values: { since, until, ...values },
  };
}

export function callsInSteps(starts: readonly number[], filter: CallsWanted): Question {
  const { since, until } = filter;
  const { sql, values } = conditionsOf(filter);
  return {
    sql: `
      WITH quarters AS (
        SELECT arrived // ${quarterMs} * ${quarterMs} AS quarter, disposition AS value, count(*) AS calls
        FROM calls WHERE ${inTime}${sql} GROUP BY ALL),
      steps AS (SELECT unnest(from_json($starts, '["BIGINT"]')) AS start)
      SELECT start, value, CAST(sum(calls) AS BIGINT) AS calls
      FROM quarters ASOF JOIN steps ON quarter >= start GROUP BY start, value`,
    values: { since, until, ...values, starts: JSON.stringify(starts) },
  };
}

export function callsByHourOfWeek({ since, until }: CallRange, zone: string): Question {
  return {
    sql: `
      WITH quarters AS (
        SELECT arrived // ${quarterMs} * ${quarterMs} AS quarter, count(*) AS calls FROM calls WHERE ${inTime} GROUP BY quarter),
      hours AS (SELECT timezone($zone, to_timestamp(quarter / 1000)) AS local, calls FROM quarters)
      SELECT isodow(local) - 1 AS weekday, hour(local) AS hour, CAST(sum(calls) AS BIGINT) AS calls FROM hours GROUP BY ALL`,
    values: { since, until, zone },
  };
}

/** Results of challenges, crossed with one more dimension. */
export function challengesCrossed(by: ChallengeDimension, filter: CallsWanted, most: number): Question {
  const { since, until } = filter;
  const { sql, values } = conditionsOf(filter);
  const results = challengeResults.words.map(
    (result) => `count(*) FILTER (WHERE challenge = '${result}') AS "${result}"`,
  );
  return {
    sql: `
      SELECT ${dimensionValues[by]} AS value, count(*) AS calls, ${results.join(', ')}, count(*) OVER () AS all_values
      FROM calls WHERE ${inTime}${sql} AND challenge IS NOT NULL AND value IS NOT NULL
      GROUP BY value ORDER BY calls DESC, value LIMIT $most`,
    values: { since, until, ...values, most },
  };
}

export function verdictsChanged({ since, until }: CallRange): Question {
  return {
    sql: `SELECT rule, was, would, count(*) AS calls FROM monitored WHERE ${inTime} AND was <> would GROUP BY ALL ORDER BY calls DESC, rule, was, would`,
    values: { since, until },
  };
}

/** Calls by where they went and how their challenge ended, for each value of `by`; null: all in one. */
export function callTotals(by: 'rule' | 'called' | 'hour' | null, { since, until }: CallRange): Question {
  const value = by === 'hour' ? `arrived - arrived % ${hourMs}` : (by ?? 'NULL');
  return {
    sql: `SELECT ${value} AS value, disposition, challenge, count(*) AS calls FROM calls WHERE ${inTime} GROUP BY ALL`,
    values: { since, until },
  };
}

export function bypassReasons({ since, until }: CallRange): Question {
  return {
    sql: `SELECT bypass AS reason, count(*) AS calls FROM calls WHERE ${inTime} AND bypass IS NOT NULL GROUP BY bypass`,
    values: { since, until },
  };
}

export function monitoredVerdicts({ since, until }: CallRange): Question {
  return {
    sql: `SELECT rule, would, count(*) AS calls FROM monitored WHERE ${inTime} GROUP BY rule, would`,
    values: { since, until },
  };
}
