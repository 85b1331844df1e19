import type { HeardChange } from '../policy/diff/changes/heard-changes.ts';
import type { ListChange } from '../policy/diff/changes/list-changes.ts';
import type { MonitorChange } from '../policy/diff/changes/monitor-changes.ts';
import type { FateChange, PolicyDiff, Unproven } from '../policy/diff/policy-diff.ts';
import { isSame } from '../policy/diff/policy-diff.ts';
import type { Place } from '../policy/problem.ts';
import { visibleText } from '../text/visible-text.ts';

/** What a backtest found beside the proof. */
export interface DiffRecords {
  readonly compared: number;
  readonly changed: number;
  /** Of them, those that go from the one rule to the other. */
  between(before: string, after: string): number;
}

export interface DiffTextOptions {
  readonly before: string;
  readonly after: string;
  /** Null: no records were asked for. */
  readonly records: DiffRecords | null;
}

/** Of each section. */
const mostShown = 100;

/** The comparison of two policies for a terminal. */
export function diffText(diff: PolicyDiff, { before, after, records }: DiffTextOptions): string {
  const { versions, fates, unproven, notLookedAt, lists, monitor, heard } = diff;
  const today = fates.filter(({ example }) => example.supposes.length === 0);
  const other = fates.filter(({ example }) => example.supposes.length > 0);
  const lines = [`${before} (${versions.before}) → ${after} (${versions.after})`];
  lines.push(...section(kinds(today, 'of call'), today, (one) => fateLines(one, records)));
  lines.push(
    ...section(`${kinds(other, 'more')}, once a number stands on other lists`, other, (one) =>
      fateLines(one, records),
    ),
  );
  lines.push(...section('Not proven to be the same:', unproven, unprovenLines));
  if (notLookedAt > 0) lines.push(`  and ${notLookedAt} more pairs of rules`);
  lines.push(...section('Lists:', lists, listLines));
  lines.push(...section('Rules in monitor mode, which decide nothing:', monitor, monitorLines));
  lines.push(...section('Settings, prompts and trunks:', heard, heardLines));
  if (records !== null)
    lines.push('', `${records.changed} of ${records.compared} recorded calls would have another result.`);
  if (isSame(diff)) lines.push('', 'Nothing changes: proven for every call.');
  return `${lines.map((line) => visibleText(line, 'replace', 2000)).join('\n')}\n`;
}

function kinds({ length }: readonly unknown[], what: string): string {
  return length === 1 ? `1 kind ${what} fares otherwise` : `${length} kinds ${what} fare otherwise`;
}

function section<T>(title: string, rows: readonly T[], linesOf: (row: T) => readonly string[]): string[] {
  const more = rows.length > mostShown ? [`  and ${rows.length - mostShown} more (all in --json)`] : [];
  return rows.length === 0 ? [] : ['', title, ...rows.slice(0, mostShown).flatMap(linesOf), ...more];
}

function fateLines({ before, after, example }: FateChange, records: DiffRecords | null): string[] {
  const recorded = records === null ? '' : `; ${records.between(before.rule, after.rule)} recorded`;
  return [
    `  ${before.rule} → ${after.rule}: ${before.fate} → ${after.fate}`,
    `      ${placeWords(before.place)} → ${placeWords(after.place)}${recorded}`,
    `      such as a call ${example.words}`,
  ];
}

const whyWords: Readonly<Record<Unproven['why'], string>> = {
  steps: 'the search took too many steps',
  'no-call': 'there may be such calls, and none was found',
  time: 'time was up',
};

function unprovenLines({ before, after, why }: Unproven): string[] {
  const places = `${placeWords(before.place)} → ${placeWords(after.place)}`;
  return [`  ${before.rule} → ${after.rule}: ${whyWords[why]} (${places})`];
}

function listLines(change: ListChange): string[] {
  const { list, declared, rowsBefore, rowsAfter, examples, namesNotCompared } = change;
  if (declared === 'added') return [`  ${list}: a new list, ${rows(rowsAfter)}`];
  if (declared === 'removed') return [`  ${list}: taken away, it had ${rows(rowsBefore)}`];
  const parts = (['added', 'removed', 'changed'] as const).flatMap((how) => {
    const count = change[how];
    if (count === 0) return [];
    const more = count > examples[how].length ? ', …' : '';
    return [`${rows(count)} ${how} (${examples[how].join(', ')}${more})`];
  });
  if (namesNotCompared) parts.push('names and dates were not compared, it is too long');
  return [`  ${list}: ${parts.join('; ')}`];
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

const monitorWords: Readonly<Record<MonitorChange['change'], string>> = {
  added: 'added',
  removed: 'removed',
  enforced: 'enforced now',
  'on-trial': 'on trial now',
  changed: 'changed',
};

function monitorLines({ rule, change, before, after }: MonitorChange): string[] {
  const places = [before, after].flatMap((place) => (place === null ? [] : [placeWords(place)]));
  return [`  ${rule}: ${monitorWords[change]} (${places.join(' → ')})`];
}

function heardLines({ of, name, before, after }: HeardChange): string[] {
  const reading = of === 'trunk' ? ' (how its calls are read; not part of the proof)' : '';
  return [`  ${of} ${name}: ${before ?? 'not set'} → ${after ?? 'not set'}${reading}`];
}

function placeWords({ file, line }: Place): string {
  return `${file}:${line}`;
}
