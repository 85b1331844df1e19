import type { Socket } from 'node:net';

/** Whole lines that come over a socket. Throws RangeError when one is longer than `longest` characters. */
export async function* linesOf(socket: Socket, longest: number): AsyncGenerator<string> {
  socket.setEncoding('utf8');
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of socket as AsyncIterable<string>) {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      parts.push(chunk.slice(from, end));
      yield parts.join('');
      parts = [];
      length = 0;
      from = end + 1;
    }
    parts.push(chunk.slice(from));
    length += chunk.length - from;
    if (length > longest) throw new RangeError('the line is too long');
  }
}
