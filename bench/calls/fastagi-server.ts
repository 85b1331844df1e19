import { createServer } from 'node:net';

/**
 * A peer to compare with: the least that a screener by FastAGI does. Reads what Asterisk says of the call, decides by the
 * caller's number, sets one variable, and lets the call go on. argv: port.
 */
const known = new Set([...'0123456789'].map((last) => `+1212555010${last}`));

createServer({ noDelay: true }, (socket) => {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (data: string) => {
    text += data;
    // The environment ends with an empty line; what comes after is the answer to our command.
    const end = text.indexOf('\n\n');
    if (end < 0) return;
    if (text.length > end + 2) return socket.end();
    const caller = /^agi_callerid: (.*)$/m.exec(text)?.[1] ?? '';
    socket.write(`SET VARIABLE VERDICT ${known.has(caller) ? 'known' : 'unknown'}\n`);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
