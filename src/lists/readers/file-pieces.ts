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
