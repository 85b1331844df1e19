/** What a file reader hands its rows to. Cells come as bytes because ten million strings would take longer than reading them. */
export interface RowSink {
  /**
   * The first record of a csv file.
   * @returns for each field that the sink reads its column from 0, or -1: not there; null when the file cannot be read
   */
  header(cells: readonly string[], line: number): HeaderAnswer | null;
  /** Field `k` of a row is UTF-8 in `bytes` from `from[k]` to before `to[k]`, trimmed. `column` from 1, of field 0. */
  row(bytes: Uint8Array, from: Int32Array, to: Int32Array, line: number, column: number): void;
  /** The file is not what it should be; nothing follows. */
  failed(line: number, message: string, remedy: string, code: string): void;
}

export interface HeaderAnswer {
  readonly columns: readonly number[];
  /** There was no header: this record is a row. */
  readonly isRow: boolean;
}

/** Takes a file in pieces of any size. */
export interface FileReader {
  push(piece: Uint8Array): void;
  end(): void;
}

export const newline = 10;
export const maxRecordBytes = 64 * 1024;
const [tab, carriageReturn, blank] = [9, 13, 32];

export function isBlank(byte: number | undefined): boolean {
  return byte === blank || byte === tab || byte === carriageReturn;
}

/** Puts pieces together at line ends, drops the byte order mark, and knows files whose lines end in a lone return. */
export class PieceJoiner {
  #rest: Uint8Array = new Uint8Array(0);
  #begun = false;
  #lineEnd = newline;
  #seen = false;

  /** What is left of the piece before and this one. */
  join(piece: Uint8Array): Uint8Array {
    let joined = piece;
    if (this.#rest.length > 0) {
      joined = new Uint8Array(this.#rest.length + piece.length);
      joined.set(this.#rest);
      joined.set(piece, this.#rest.length);
    }
    if (!this.#begun && joined.length >= 3) {
      this.#begun = true;
      if (joined[0] === 0xef && joined[1] === 0xbb && joined[2] === 0xbf) joined = joined.subarray(3);
    }
    if (!this.#seen && joined.length > 0) {
      this.#seen = true;
      const onlyReturns = !joined.includes(newline) && joined.subarray(0, -1).includes(carriageReturn);
      if (onlyReturns) this.#lineEnd = carriageReturn;
    }
    return this.#lineEnd === newline
      ? joined
      : joined.map((byte) => (byte === carriageReturn ? newline : byte));
  }

  /** Keeps what has not been read; the piece may be used again by its owner. */
  keep(rest: Uint8Array): void {
    this.#rest = rest.slice();
  }
}

/** True for text in UTF-16, which spreadsheets call "Unicode text". */
export function isUtf16(begin: Uint8Array): boolean {
  return (begin[0] === 0xff && begin[1] === 0xfe) || (begin[0] === 0xfe && begin[1] === 0xff);
}
