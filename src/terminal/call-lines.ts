import { DateTime } from 'luxon';
import { type CallCell, callColumns } from '../call/call-columns.ts';
import type { CallRecord } from '../call/call-records.ts';
import { type NameOf, noNames } from '../call/called-name.ts';
import { calledText } from '../call/facts.ts';
import { whyNoNumber } from '../privacy/kept-caller.ts';
import type { NumbersShown } from '../privacy/shown-record.ts';
import { visibleText } from '../text/visible-text.ts';
import { type FittedTable, fittedTable, type TextColumn } from './fitted-table.ts';
import type { Paint, Screen } from './screen.ts';

const columns = callColumns.flatMap(({ command, names = false, value }) =>
  command === null ? [] : [{ command, names, value }],
);

/** Calls as lines for a terminal, in local time; the columns fit what is listed first. `isOpen`: more may follow. */
export class CallLines {
  readonly #table: FittedTable;
  readonly #numbers: NumbersShown;
  readonly #nameOf: NameOf;
  readonly #columns: typeof columns;

  constructor(
    first: readonly CallRecord[],
    numbers: NumbersShown,
    screen: Screen,
    { isOpen = false, nameOf = noNames }: { readonly isOpen?: boolean; readonly nameOf?: NameOf } = {},
  ) {
    this.#numbers = numbers;
    this.#nameOf = nameOf;
    const isNamed = first.some(({ outcome }) => nameOf(calledText(outcome.facts.called)) !== null);
    // Where no number of ours has a name there is no column for it.
    this.#columns = columns.filter(({ names }) => isNamed || !names);
    const titles = this.#columns.map(
      ({ command: [title, usual, goes, atLeast] }): TextColumn => ({
        title,
        goes,
        ...(atLeast !== null && { atLeast }),
        ...(isOpen && { usual }),
        paint: (to, text) => painted(to, title, text),
      }),
    );
    this.#table = fittedTable(
      titles,
      first.map((record) => this.#cells(record)),
      screen,
    );
  }

  get head(): string {
    return this.#table.head;
  }

  /** Titles of columns that there is no room for. */
  get hidden(): readonly string[] {
    return this.#table.hidden;
  }

  line(record: CallRecord): string {
    return this.#table.line(this.#cells(record));
  }

  #cells(record: CallRecord): readonly string[] {
    const { callId } = record.outcome;
    return this.#columns.map(({ value }) => cellText(value(record), this.#numbers, this.#nameOf, callId));
  }
}

/** E.164 with its plus. */
const longestNumber = 16;

const colors: Readonly<Record<string, Paint>> = {
  ...{ connected: 'green', voicemail: 'blue', rejected: 'red' },
  ...{ bypassed: 'yellow', unaccounted: 'yellow', abandoned: 'dim' },
};

function painted(screen: Screen, title: string, text: string): string {
  const color = title === 'where' ? colors[text] : undefined;
  return color === undefined ? text : screen.paint(color, text);
}

function cellText(cell: CallCell, numbers: NumbersShown, nameOf: NameOf, callId: string): string {
  switch (cell.kind) {
    case 'moment':
      return DateTime.fromMillis(cell.at).toFormat('yyyy-MM-dd HH:mm:ss');
    case 'caller':
      return cell.caller.number === null
        ? whyNoNumber(cell.caller)
        : numbers.show(cell.caller.number, callId);
    case 'called':
      // What is no public number may be as long as whoever dials it likes.
      return visibleText(cell.number, 'replace', longestNumber);
    case 'called-name':
      return nameOf(cell.number) ?? '–';
    case 'disposition':
      return cell.disposition;
    case 'duration':
      return `${cell.ms} ms`;
    case 'word':
      return cell.word ?? '–';
    case 'foreign':
      return numbers.text(cell.text, callId);
  }
}
