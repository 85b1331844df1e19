import { type FileReader, isBlank, maxRecordBytes, newline, PieceJoiner, type RowSink } from './row-sink.ts';

const [tab, blank, hash] = [9, 32, 35];
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** One number a line, then, after a tab or two blanks, a name; `#` begins a comment. Fields: number, name. */
export class TextReader implements FileReader {
  readonly #sink: RowSink;
  readonly #pieces = new PieceJoiner();
  readonly #from = new Int32Array(4);
  readonly #to = new Int32Array(4);
  #line = 1;
  #failed = false;

  constructor(sink: RowSink) {
    this.#sink = sink;
  }

  push(piece: Uint8Array): void {
    if (this.#failed) return;
    const bytes = this.#pieces.join(piece);
    let at = 0;
    for (;;) {
      let end = at;
      while (end < bytes.length && bytes[end] !== newline) end++;
      if (end - at > maxRecordBytes) {
        this.#failed = true;
        const message = `the line is longer than ${maxRecordBytes} bytes`;
        this.#sink.failed(this.#line, message, 'write one number a line', 'line-too-long');
        return;
      }
      if (end === bytes.length) break;
      this.#readLine(bytes, at, end);
      this.#line++;
      at = end + 1;
    }
    this.#pieces.keep(bytes.subarray(at));
  }

  end(): void {
    this.push(new Uint8Array([newline]));
  }

  #readLine(bytes: Uint8Array, at: number, end: number): void {
    let begin = at;
    while (begin < end && isBlank(bytes[begin])) begin++;
    let stop = begin;
    while (stop < end && bytes[stop] !== hash) stop++;
    while (stop > begin && isBlank(bytes[stop - 1])) stop--;
    if (stop === begin) return;
    let number = begin;
    while (
      number < stop &&
      bytes[number] !== tab &&
      !(bytes[number] === blank && bytes[number + 1] === blank)
    )
      number++;
    this.#from.fill(0);
    this.#to.fill(0);
    this.#from[0] = begin;
    this.#to[0] = number;
    let name = number;
    while (name < stop && isBlank(bytes[name])) name++;
    if (name < stop) this.#readNamed(bytes, begin, number, name, stop, at);
    else this.#sink.row(bytes, this.#from, this.#to, this.#line, begin - at + 1);
  }

  /** What stands between the words of a name is one blank. */
  #readNamed(bytes: Uint8Array, begin: number, number: number, name: number, stop: number, at: number): void {
    const words = encoder.encode(decoder.decode(bytes.subarray(name, stop)).replace(/\t+| {2,}/g, ' '));
    const joined = new Uint8Array(number - begin + words.length);
    joined.set(bytes.subarray(begin, number));
    joined.set(words, number - begin);
    this.#from[0] = 0;
    this.#to[0] = number - begin;
    this.#from[1] = number - begin;
    this.#to[1] = joined.length;
    this.#sink.row(joined, this.#from, this.#to, this.#line, begin - at + 1);
  }
}
