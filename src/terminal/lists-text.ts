import { count } from '../call/sentences.ts';
import type { ListStatus } from '../lists/list-status.ts';
import type { ListEntry } from '../policy/number-list.ts';
import { visibleText } from '../text/visible-text.ts';
import { fittedTable, type TextColumn } from './fitted-table.ts';
import { type Screen, wrapped } from './screen.ts';

/** An entry for a number. */
export interface Standing extends ListEntry {
  readonly list: string;
  readonly source: string;
}

const columns: readonly TextColumn[] = [
  { title: 'list', atLeast: 12, goes: 0 },
  { title: 'numbers', right: true, goes: 1 },
  { title: 'prefixes', right: true, goes: 3 },
  { title: 'skipped', right: true, goes: 2 },
  { title: 'age', goes: 2 },
  { title: 'next', goes: 4 },
  { title: 'source', atLeast: 10, goes: 5 },
];

/** A line per list, and its problem on the next. @param now epoch ms */
export function listsText(lists: readonly ListStatus[], now: number, screen: Screen): string {
  if (lists.length === 0) return 'no lists declared\n';
  const rows = lists.map(({ id, stats, contentAt, nextFetchAt, source }) => [
    id,
    ...(stats ? [stats.numbers, stats.prefixes + stats.ranges, stats.badRows].map(count) : ['-', '-', '-']),
    contentAt === null ? 'never' : span(now - contentAt),
    nextFetchAt === null ? '' : nextFetchAt <= now ? 'due' : `in ${span(nextFetchAt - now)}`,
    source,
  ]);
  const { head, line } = fittedTable(columns, rows, screen);
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
  const lines = lists.flatMap((list, at) => [line(rows[at] ?? []), ...below(list)]);
  return `${wrapped([head, ...lines].join('\n'), screen)}\n`;
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
