import { BacktestError } from './lane.ts';

const newline = 10;
/** An outcome is a few kB; what is far longer is no record of a call. */
const longestLine = 4 * 1024 * 1024;

/** Bytes in pieces of any size to pieces of whole lines, each with memory of its own. @throws BacktestError `unreadable` */
export async function* wholeLines(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let rest: Uint8Array[] = [];
  let restLength = 0;
  for await (const piece of source) {
    const end = piece.lastIndexOf(newline);
    if (end < 0) {
      rest.push(piece);
      restLength += piece.length;
      if (restLength > longestLine)
        throw new BacktestError(
          'unreadable',
          `a line is longer than ${longestLine} bytes: these are no records of calls`,
        );
      continue;
    }
    yield joined([...rest, piece.subarray(0, end + 1)]);
    rest = end + 1 < piece.length ? [piece.slice(end + 1)] : [];
    restLength = piece.length - end - 1;
  }
  if (restLength > 0) yield joined(rest);
}

/** Always a copy: what is handed to a thread takes its whole ArrayBuffer along. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
