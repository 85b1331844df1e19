import type { ListStatus } from '../lists/list-status.ts';
import type { ListEntry } from '../policy/number-list.ts';
import { visibleText } from '../text/visible-text.ts';

/** An entry for a number. */
export interface Standing extends ListEntry {
  readonly list: string;
  readonly source: string;
}

const columns = ['list', 'numbers', 'prefixes', 'skipped', 'age', 'next', 'source'] as const;
const toTheRight = new Set<string>(['numbers', 'prefixes', 'skipped']);

/** A line per list, and its problem on the next. @param now epoch ms */
export function listsText(lists: readonly ListStatus[], now: number): string {
  if (lists.length === 0) return 'no lists declared\n';
  const rows = lists.map((list): Record<(typeof columns)[number], string> => {
    const { stats } = list;
    return {
      list: list.id,
      numbers: stats ? stats.numbers.toLocaleString('en') : '-',
      prefixes: stats ? (stats.prefixes + stats.ranges).toLocaleString('en') : '-',
      skipped: stats ? stats.badRows.toLocaleString('en') : '-',
      age: list.contentAt === null ? 'never' : span(now - list.contentAt),
      next:
        list.nextFetchAt === null
          ? ''
          : list.nextFetchAt <= now
            ? 'due'
            : `in ${span(list.nextFetchAt - now)}`,
      source: list.source,
    };
  });
  const head = Object.fromEntries(columns.map((name) => [name, name])) as (typeof rows)[number];
  const width = (name: (typeof columns)[number]) =>
    Math.max(...[head, ...rows].map((row) => row[name].length));
  const line = (row: (typeof rows)[number]) =>
    columns
      .map((name) => (toTheRight.has(name) ? row[name].padStart(width(name)) : row[name].padEnd(width(name))))
      .join('  ')
      .trimEnd();
  const below = (list: ListStatus) =>
    list.quarantined
      ? [
          `  ! quarantined for ${span(now - list.quarantined.at)}: ${visibleText(list.quarantined.message)} (${list.quarantined.code})`,
          `    to accept it: gatehouse lists accept ${list.id}`,
        ]
      : list.lastError === null
        ? []
        : [
            `  ! ${span(now - list.lastError.at)} ago: ${visibleText(list.lastError.message)} (${list.lastError.code})`,
          ];
  return `${[line(head), ...rows.flatMap((row, i) => [line(row), ...below(lists[i] as ListStatus)])].join('\n')}\n`;
}

/** @param number E.164 */
export function standingsText(number: string, standings: readonly Standing[]): string {
  if (standings.length === 0) return `${number} is not on any list\n`;
  const lines = standings.map((one) => {
    const by = one.kind === 'exact' ? '' : ` by the ${one.kind} ${one.pattern}`;
    const until =
      one.expiresAt === null
        ? ''
        : `, ${one.expired ? 'expired' : 'expires'} ${new Date(one.expiresAt).toISOString()}`;
    const name = one.name === null ? '' : `, "${visibleText(one.name)}"`;
    const note = one.note === null ? '' : `, note: ${visibleText(one.note)}`;
    return `  ${one.list}${by} (${one.source}:${one.line})${name}${note}${until}`;
  });
  return `${number} is on\n${lines.join('\n')}\n`;
}

/** `3 min`, `5 h`, `12 d`. */
function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
