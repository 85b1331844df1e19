import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { visibleText } from '../text/visible-text.ts';

/** What text is printed on. */
export interface Screen {
  /** Columns; infinite where no terminal is: nothing is cut for a file or another program. */
  readonly width: number;
  /** Bars are drawn for people only. */
  readonly bars: boolean;
  paint(style: Paint, text: string): string;
}

export type Paint = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'blue';

/** Neither a width nor colors. */
export const plainScreen: Screen = { width: Number.POSITIVE_INFINITY, bars: false, paint: (_, text) => text };

/** Without a terminal, or of one that does not tell its width, `COLUMNS` does, when it is set. Colors come where a terminal is, unless `NO_COLOR` is set. */
export function screenOf(stream: NodeJS.WriteStream = process.stdout): Screen {
  const told = Number(process.env.COLUMNS);
  const width =
    stream.isTTY && stream.columns > 0 ? stream.columns : told > 0 ? told : Number.POSITIVE_INFINITY;
  return { width, bars: stream.isTTY === true, paint: (style, text) => styleText(style, text, { stream }) };
}

/** Columns that a terminal needs: two for a letter of East Asia or an emoji, none for an accent of its own and for colors. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

/** Text that others wrote as one line of visible characters, cut with `…` where it would need more columns. */
export function fittingText(text: string, width: number): string {
  let characters = width;
  let shown = visibleText(text, 'replace', characters);
  while (textWidth(shown) > width) shown = visibleText(text, 'replace', --characters);
  return shown;
}

/** Lines that are longer than the screen are broken at blanks, and go on further to the right. Words longer than it stay whole. */
export function wrapped(text: string, { width }: Pick<Screen, 'width'> = screenOf()): string {
  return text
    .split('\n')
    .map((line) => (textWidth(line) <= width ? line : broken(line, width)))
    .join('\n');
}

function broken(line: string, width: number): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const further = `${indent}  `;
  const lines: string[] = [];
  let current = '';
  for (const word of line.trimStart().split(/(?<=\S)(?= )/)) {
    const start = lines.length === 0 ? indent : further;
    const next = current === '' ? start + word.trimStart() : current + word;
    if (current !== '' && textWidth(next) > width) {
      lines.push(current);
      current = further + word.trimStart();
    } else current = next;
  }
  return [...lines, current].join('\n');
}

/** Lines for people, on stderr. */
export function tell(text: string): void {
  process.stderr.write(`${wrapped(text, screenOf(process.stderr))}\n`);
}
