import { visibleText } from '../text/visible-text.ts';
import { fittingText, type Screen, textWidth, wrapped } from './screen.ts';

export interface TextColumn {
  readonly title: string;
  /** Digits under each other. */
  readonly right?: boolean;
  /** It may be cut to this width; left out: it is whole, or not there. */
  readonly atLeast?: number;
  /** So wide even when no cell is. */
  readonly usual?: number;
  /** When there is no room the columns with the highest numbers go first. */
  readonly goes: number;
  readonly paint?: (screen: Screen, text: string) => string;
}

export interface FittedTable {
  readonly head: string;
  readonly line: (cells: readonly string[]) => string;
  /** Titles of columns that there is no room for. */
  readonly hidden: readonly string[];
}

const gap = '  ';

/** Columns as wide as their cells, as many as the screen has room for. Cells are shown as one line of visible characters. */
export function fittedTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  screen: Screen,
): FittedTable {
  const all = columns.map((column, at) => {
    const cells = rows.map((row) => textWidth(visibleText(row[at] ?? '')));
    const width = cells.reduce(
      (widest, one) => Math.max(widest, one),
      Math.max(textWidth(column.title), column.usual ?? 0),
    );
    return { ...column, at, width };
  });
  const shown = [...all];
  const total = (of: (column: (typeof all)[number]) => number) =>
    shown.reduce((sum, column) => sum + of(column), gap.length * (shown.length - 1));
  const least = ({ atLeast, width }: (typeof all)[number]) => Math.min(width, atLeast ?? width);
  while (shown.length > 1 && total(least) > screen.width) {
    const first = shown.reduce((one, other) => (other.goes > one.goes ? other : one));
    shown.splice(shown.indexOf(first), 1);
  }
  for (let over = total(({ width }) => width) - screen.width; over > 0; over--) {
    const cuttable = shown.filter((column) => column.width > least(column));
    if (cuttable.length === 0) break;
    cuttable.reduce((one, other) => (other.width > one.width ? other : one)).width--;
  }
  const line = (cells: readonly string[], isHead = false) =>
    shown
      .map(({ at, width, right, paint }) => {
        const text = fittingText(cells[at] ?? '', width);
        const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
        const painted = isHead || paint === undefined ? text : paint(screen, text);
        return right ? blanks + painted : painted + blanks;
      })
      .join(gap)
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  return {
    head: screen.paint('bold', line(titles, true)),
    line: (cells) => line(cells),
    hidden: all.filter((column) => !shown.includes(column)).map(({ title }) => title),
  };
}

/** The head, a rule under it, and the rows; with a last line when columns are hidden. */
export function tableLines(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  screen: Screen,
): string[] {
  const { head, line, hidden } = fittedTable(columns, rows, screen);
  const note = hidden.length === 0 ? [] : [screen.paint('dim', wrapped(hiddenWords(hidden), screen))];
  return [head, '-'.repeat(textWidth(head)), ...rows.map((row) => line(row)), ...note];
}

export function hiddenWords(titles: readonly string[]): string {
  return `(no room for: ${titles.join(', ')})`;
}
