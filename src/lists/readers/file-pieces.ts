import { FileFault } from './list-format.ts';

/** No line and no record is longer. */
export const maxRecordBytes = 64 * 1024;
const newline = 10;

export interface FilePieces {
  /** The first 64 KiB or more, or all there is, without a byte order mark. */
  readonly first: Buffer;
  /** The whole file in pieces of 64 KiB at most. */
  readonly pieces: Iterable<Buffer>;
  /** Some programs end lines with a lone return. */
  readonly lineEnd: '\n' | '\r';
}

/** @throws FileFault the file is UTF-16 */
export function filePieces(file: Iterable<Uint8Array>): FilePieces {
  const source = file[Symbol.iterator]();
  const begin: Uint8Array[] = [];
  let length = 0;
  while (length < maxRecordBytes) {
    const next = source.next();
    if (next.done) break;
    begin.push(next.value);
    length += next.value.length;
  }
  let first = Buffer.concat(begin);
  if (isUtf16(first))
    throw new FileFault(
      1,
      'the file is UTF-16, not UTF-8',
      'save the file as UTF-8 (in a spreadsheet: "CSV UTF-8")',
      'not-utf8',
    );
  if (first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf) first = first.subarray(3);
  const lineEnd = !first.includes(newline) && first.includes('\r') ? '\r' : '\n';
  return { first, pieces: cut([first], source), lineEnd };
}

function* cut(first: readonly Buffer[], rest: Iterator<Uint8Array>): Generator<Buffer> {
  yield* small(first[0] as Buffer);
  for (let next = rest.next(); !next.done; next = rest.next()) yield* small(next.value);
}

function* small(piece: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < piece.length; at += maxRecordBytes)
    yield Buffer.from(piece.buffer, piece.byteOffset + at, Math.min(maxRecordBytes, piece.length - at));
}

/** Text in UTF-16, which spreadsheets call "Unicode text". */
function isUtf16(begin: Uint8Array): boolean {
  return (begin[0] === 0xff && begin[1] === 0xfe) || (begin[0] === 0xfe && begin[1] === 0xff);
}
