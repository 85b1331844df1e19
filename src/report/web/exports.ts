import { DateTime } from 'luxon';
import { weekHourText } from '../../call/call-filter.ts';
import type { TopCaller } from '../../call/call-records.ts';
import { everyCaller } from '../../call/every-caller.ts';
import { type MissedPerson, missedWords } from '../../call/impact/missed-people.ts';
import { challengeResults, dispositions } from '../../call/vocabulary.ts';
import { type CsvCell, csvNumber } from '../../text/csv-lines.ts';
import { answered } from './answered.ts';
import { stepsOf } from './counted.ts';
import { everyPerson, listedAs, type WorkDone, workDone } from './impact/people.ts';
import type { PageDeps } from './page-deps.ts';
import type { PageNumbers } from './page-numbers.ts';
import { eventsAsked, readKinds } from './pages/events/asked-events.ts';
import { eventText } from './pages/events/event-rows.ts';
import type { TimeRange } from './time-range.ts';

type Rows = readonly (readonly CsvCell[])[];

/** What a table is made of, whole. */
export interface DataTable {
  /** Names of the columns, in snake case; keys in JSON. */
  readonly head: readonly string[];
  /** In batches: those that may be very many are not all in memory. */
  readonly rows: Rows | AsyncIterable<Rows>;
}

interface Asked {
  readonly deps: PageDeps;
  readonly range: TimeRange;
  readonly numbers: PageNumbers;
  readonly query: Readonly<Record<string, string>>;
}

type Export = (asked: Asked) => Promise<DataTable> | DataTable;

/** No limit. */
const everyValue = Number.MAX_SAFE_INTEGER;
const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());

/** Calls by value. */
const counts =
  (dimension: 'rule' | 'verification' | 'attestation' | 'bypass' | 'signer'): Export =>
  async ({ deps, range, numbers }) => {
    const rows = await answered(deps.records.counts(dimension, range));
    // A signer writes its name itself.
    const shown = (value: string) => (dimension === 'signer' ? numbers.text(value) : value);
    return {
      head: [dimension, 'calls'],
      rows: rows.map(({ value, calls }) => [shown(value), calls]),
    };
  };

const callers: Export = ({ deps, range: { since, until }, numbers }) => {
  const row = ({ caller, calls, exchange, signer, lastAt, latest, results }: TopCaller): CsvCell[] => {
    const found = new Map(results.map(({ value, calls: many }) => [value, many]));
    return [
      csvNumber(numbers.shown.show(caller, latest)),
      calls,
      // Beside a masked number it would tell most of it.
      exchange === null || !numbers.whole ? null : csvNumber(exchange),
      signer === null ? null : numbers.text(signer),
      time(lastAt),
      ...dispositions.words.map((word) => found.get(word) ?? 0),
    ];
  };
  async function* rows(): AsyncGenerator<Rows> {
    const batches = everyCaller(deps.records, { since, until });
    for (let next = await answered(batches.next()); !next.done; next = await answered(batches.next()))
      yield next.value.map(row);
  }
  return {
    head: ['caller', 'calls', 'exchange', 'signer', 'last_call', ...dispositions.words],
    rows: rows(),
  };
};

const exchanges: Export = async ({ deps, range: { since, until }, numbers }) => {
  const rows = numbers.whole ? await answered(deps.records.counts('exchange', { since, until })) : [];
  return { head: ['exchange', 'calls'], rows: rows.map(({ value, calls }) => [csvNumber(value), calls]) };
};

const calledNumbers: Export = async ({ deps, range, numbers }) => {
  const rows = await answered(deps.records.counts('called', range));
  return {
    head: ['called', 'name', 'calls'],
    rows: rows.map(({ value, calls }) => [csvNumber(value), numbers.nameOf(value), calls]),
  };
};

const byTime: Export = async ({ deps, range }) => {
  const { size, starts } = stepsOf(range);
  const rows = await answered(deps.records.timeline(starts, range));
  const found = new Map(rows.map(({ at, value, calls }) => [`${at} ${value}`, calls]));
  return {
    head: [`${size}_from`, ...dispositions.words],
    rows: starts.map((at) => [
      time(at),
      ...dispositions.words.map((word) => found.get(`${at} ${word}`) ?? 0),
    ]),
  };
};

const hoursOfWeek: Export = async ({ deps, range }) => {
  const rows = await answered(deps.records.hoursOfWeek(range, DateTime.local().zoneName));
  return {
    head: ['hour', 'calls'],
    rows: [...rows]
      .sort((a, b) => a.weekday - b.weekday || a.hour - b.hour)
      .map(({ weekday, hour, calls }) => [weekHourText(weekday, hour), calls]),
  };
};

const hangUps: Export = async ({ deps, range }) => {
  const rows = await answered(deps.records.counts('quit-second', range));
  return {
    head: ['second', 'callers'],
    rows: rows
      .map(({ value, calls }) => [Number(value), calls] as const)
      .sort(([one], [other]) => one - other),
  };
};

/** Results of challenges by one more value. */
const challenges =
  (by: 'language' | 'called' | 'attestation'): Export =>
  async ({ deps, range, numbers }) => {
    const { values } = await answered(deps.records.challenges(by, range, everyValue));
    const isCalled = by === 'called';
    return {
      head: [
        by,
        ...(isCalled ? ['name'] : []),
        'challenged',
        ...challengeResults.words.map((word) => challengeResults.all[word].total),
      ],
      rows: values.map(({ value, calls, results }) => [
        ...(isCalled ? [csvNumber(value), numbers.nameOf(value)] : [value]),
        calls,
        ...challengeResults.words.map((word) => results[word]),
      ]),
    };
  };

const peopleHarmed: Export = ({ deps, range, numbers }) => {
  async function* rows(): AsyncGenerator<Rows> {
    for await (const people of everyPerson(deps.records, range)) {
      const done = await workDone(deps, people);
      yield people.map((person) => peopleRow(person, done, deps, numbers));
    }
  }
  return {
    head: [
      ...['last', 'first', 'call', 'caller', 'name', 'missed', 'challenge', 'why', 'list'],
      ...['done', 'done_by'],
    ],
    rows: rows(),
  };
};

function peopleRow(
  person: MissedPerson,
  done: WorkDone | null,
  { lists, now }: PageDeps,
  numbers: PageNumbers,
): CsvCell[] {
  const { callId, caller, name, lastAt, firstAt, missed, result } = person;
  const followUp = done?.followUps.get(callId);
  const listed = listedAs(person, lists, now());
  const shownName = (numbers.whole ? listed?.name : null) ?? name;
  return [
    ...[time(lastAt), time(firstAt), callId, csvNumber(numbers.shown.show(caller, callId))],
    ...[shownName === null ? null : numbers.text(shownName, callId), missed, result],
    ...[missedWords(person).join(', '), listed?.list ?? null],
    ...[time(followUp?.at ?? null), followUp?.who ?? null],
  ];
}

const rules: Export = async ({ deps, range }) => {
  const hits = await answered(deps.records.counts('rule', range));
  const found = new Map(hits.map(({ value, calls }) => [value, calls]));
  const inForce = deps.policy.rules();
  const gone = hits.filter(({ value }) => !inForce.some(({ id }) => id === value));
  return {
    head: ['rule', 'mode', 'decided', 'about', 'file', 'line'],
    rows: [
      ...inForce.map(({ id, mode, about, place }) => [
        ...[id, mode, found.get(id) ?? 0, about, place.file, place.line],
      ]),
      ...gone.map(({ value, calls }) => [value, null, calls, null, null, null]),
    ],
  };
};

const monitored: Export = async ({ deps, range }) => {
  const changes = await answered(deps.records.changedVerdicts(range));
  return {
    head: ['rule', 'was', 'would', 'calls'],
    rows: changes.map(({ rule, was, would, calls }) => [rule, was, would, calls]),
  };
};

const reloads: Export = ({ deps, numbers }) => ({
  head: ['time', 'accepted', 'version', 'before', 'problems', 'first_problem'],
  rows: deps.policy
    .status()
    .reloads.map(({ at, ok, version, before, problemCount, problems: [first] }) => [
      ...[time(at), ok, version, before, problemCount],
      first === undefined ? null : numbers.text(`${first.file}:${first.line}: ${first.message}`),
    ]),
});

const lists: Export = ({ deps }) => ({
  head: ['list', 'numbers', 'skipped_rows', 'read_at', 'written_at', 'refused'],
  rows: deps.lists
    .all()
    .map(({ id, size, skippedRows, readAt, changedAt, error }) => [
      ...[id, size, skippedRows, time(readAt), time(changedAt), error !== null],
    ]),
});

const outages: Export = ({ deps }) => ({
  head: ['from', 'to', 'calls_waiting'],
  rows: deps.live.health().outages.map(({ from, to, waiting }) => [time(from), time(to), waiting]),
});

const events: Export = ({ deps, range, numbers, query }) => ({
  head: ['from', 'to', 'kind', 'event', 'detail', 'node'],
  rows: eventsAsked(deps.events?.() ?? [], range, readKinds(query.kinds), deps.now()).map((event) => {
    const { at, until, kind, title, detail, node } = event;
    const shown = (text: string) => eventText(event, text, numbers);
    return [time(at), time(until), kind, shown(title), shown(detail), node];
  }),
});

/** By the name in the address, `/export/<name>.csv`. */
export const exports = {
  ...{ time: byTime, rule: counts('rule'), verification: counts('verification') },
  ...{ attestation: counts('attestation'), bypass: counts('bypass'), signer: counts('signer') },
  called: calledNumbers,
  callers,
  exchange: exchanges,
  week: hoursOfWeek,
  'hang-ups': hangUps,
  'challenge-language': challenges('language'),
  'challenge-called': challenges('called'),
  'challenge-attestation': challenges('attestation'),
  'people-harmed': peopleHarmed,
  ...{ rules, monitored, reloads, lists, outages, events },
} satisfies Readonly<Record<string, Export>>;

export type ExportName = keyof typeof exports;
