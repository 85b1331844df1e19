import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { mustBeText } from './readers/file-kinds.ts';
import { FileFault } from './readers/list-format.ts';

/** Ten million numbers are below this. */
const maxUnpackedBytes = 128 * 1024 * 1024;
/** A .gz file that a web server packs once more. */
const maxUnpackings = 2;
const lookedAt = 4096;

/** What the reading of a file as text tells: said of the whole file. */
type Tell = (message: string, remedy: string) => void;

/**
 * A list file as UTF-8: unpacked when it is gzip, and from UTF-16 ("Unicode text" of spreadsheets) or Windows-1252. The piece that has
 * the first foreign letter decides what the file is in.
 * @throws FileFault the file is no text, or its gzip is damaged or too large
 */
export function* fileText(file: Iterable<Uint8Array>, tell: Tell, times = 0): Generator<Uint8Array> {
  const { begin, pieces } = opened(file);
  if (begin[0] === 0x1f && begin[1] === 0x8b) {
    // A file made for it unpacks to itself, without end.
    if (times === maxUnpackings)
      throw new FileFault(1, `the file is gzip in gzip, over and over`, 'pack the list once', 'bad-gzip');
    yield* fileText([unpacked(pieces)], tell, times + 1);
    return;
  }
  const wide = wideEncoding(begin);
  if (wide === null) {
    mustBeText(begin.subarray(hasMark(begin) ? 3 : 0));
    yield* narrow(pieces, tell);
    return;
  }
  const decoder = new TextDecoder(wide);
  for (const piece of pieces) yield Buffer.from(decoder.decode(piece, { stream: true }));
  yield Buffer.from(decoder.decode());
}

function opened(file: Iterable<Uint8Array>): { begin: Buffer; pieces: Iterable<Uint8Array> } {
  const source = file[Symbol.iterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  for (let next = source.next(); !next.done; next = source.next()) {
    first.push(next.value);
    length += next.value.length;
    if (length >= lookedAt) break;
  }
  const begin = Buffer.concat(first.map((piece) => piece.subarray(0, lookedAt))).subarray(0, lookedAt);
  return { begin, pieces: all(first, source) };
}

function* all(first: readonly Uint8Array[], rest: Iterator<Uint8Array>): Generator<Uint8Array> {
  yield* first;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}

function unpacked(pieces: Iterable<Uint8Array>): Buffer {
  try {
    return gunzipSync(Buffer.concat([...pieces]), { maxOutputLength: maxUnpackedBytes });
  } catch (error) {
    const isLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isLong
      ? new FileFault(
          1,
          `unpacked, the file is longer than ${maxUnpackedBytes} bytes`,
          'split the list, or put it here without gzip',
          'too-large',
        )
      : new FileFault(1, 'the file is gzip, and damaged or cut off', 'copy or fetch it again', 'bad-gzip');
  }
}

function hasMark(begin: Buffer): boolean {
  return begin[0] === 0xef && begin[1] === 0xbb && begin[2] === 0xbf;
}

/** By its mark, or because every other byte is zero. */
function wideEncoding([a, b, c, d]: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return 'utf-16le';
  return a === 0 && b !== 0 && c === 0 && d !== 0 ? 'utf-16be' : null;
}

/** UTF-8 as it is; Windows-1252 turned into it. */
function* narrow(pieces: Iterable<Uint8Array>, tell: Tell): Generator<Uint8Array> {
  let decoder: TextDecoder | null = null;
  let isKnown = false;
  let cut: Uint8Array = new Uint8Array(0);
  for (const piece of pieces) {
    if (decoder !== null) {
      yield Buffer.from(decoder.decode(piece, { stream: true }));
      continue;
    }
    if (isKnown) {
      yield piece;
      continue;
    }
    const whole = cut.length === 0 ? piece : Buffer.concat([cut, piece]);
    const end = endOfLetters(whole);
    const letters = whole.subarray(0, end);
    cut = whole.subarray(end);
    if (isAscii(letters)) yield letters;
    else if (isUtf8(letters) || hasMoreUtf8(letters)) {
      isKnown = true;
      yield whole;
      cut = whole.subarray(whole.length);
    } else {
      decoder = new TextDecoder('windows-1252');
      tell(
        'the file is not UTF-8; it is read as Windows-1252',
        'save the file as UTF-8 (in a spreadsheet: "CSV UTF-8") if names show wrong letters',
      );
      yield Buffer.from(decoder.decode(whole, { stream: true }));
      cut = whole.subarray(whole.length);
    }
  }
  if (cut.length > 0) yield Buffer.from(new TextDecoder('windows-1252').decode(cut));
}

/** Where the last whole letter of UTF-8 ends. */
function endOfLetters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

/** A file of UTF-8 with a few bad bytes is still one. */
function hasMoreUtf8(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('utf8');
  const bad = text.split('\ufffd').length - 1;
  const good = text.match(/[\u0080-\ufffc]/g)?.length ?? 0;
  return good > bad;
}
