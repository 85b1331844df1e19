import { filePieces, maxRecordBytes } from './file-pieces.ts';
import { FileFault, type FileRow, type ListFormat } from './list-format.ts';

/** One number a line, then, after a tab or two blanks, a name; `#` begins a comment. */
export const text: ListFormat = {
  endings: ['.txt'],
  rows: (file) => textRows(file),
};

/** @throws FileFault */
export function* textRows(file: Iterable<Uint8Array>): Generator<FileRow> {
  let line = 0;
  for (const written of linesOf(file)) {
    line++;
    const row = rowOf(written, line);
    if (row !== null) yield row;
  }
}

/** The lines of a text file, without their ends. @throws FileFault */
export function* linesOf(file: Iterable<Uint8Array>): Generator<string> {
  const { pieces, lineEnd } = filePieces(file);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let count = 0;
  let rest = '';
  for (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split(lineEnd);
    rest = lines.pop() ?? '';
    for (const line of lines) yield line;
    count += lines.length;
    if (rest.length > maxRecordBytes)
      throw new FileFault(
        count + 1,
        `the line is longer than ${maxRecordBytes} bytes`,
        'write one number a line',
        'line-too-long',
      );
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

function rowOf(written: string, line: number): FileRow | null {
  const hash = written.indexOf('#');
  const text = (hash < 0 ? written : written.slice(0, hash)).trimEnd();
  const row = text.trimStart();
  if (row === '') return null;
  const gap = row.search(/\t| {2}/);
  const column = text.length - row.length + 1;
  if (gap < 0) return { line, column, number: row };
  const name = row
    .slice(gap)
    .trim()
    .replace(/\t+| {2,}/g, ' ');
  return { line, column, number: row.slice(0, gap).trimEnd(), name };
}
