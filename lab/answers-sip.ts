import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether somebody answers an OPTIONS (RFC 3261, 11) at this UDP port of loopback within `timeoutMs`; asked twice a second. */
export async function answersSip(port: number, timeoutMs: number): Promise<boolean> {
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let answered = false;
  socket.on('message', (message) => {
    answered ||= message.toString('latin1').startsWith('SIP/2.0 ');
  });
  try {
    const deadline = Date.now() + timeoutMs;
    for (let sequence = 1; !answered && Date.now() < deadline; sequence++) {
      socket.send(options(socket.address().port, port, sequence), port, '127.0.0.1', () => {});
      for (let waited = 0; !answered && waited < 500; waited += 20) await sleep(20);
    }
    return answered;
  } finally {
    socket.close();
  }
}

function options(from: number, to: number, sequence: number): string {
  const lines = [
    `OPTIONS sip:lab@127.0.0.1:${to} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${from};branch=z9hG4bK-lab-${from}-${sequence}`,
    `From: <sip:lab@127.0.0.1:${from}>;tag=lab`,
    `To: <sip:lab@127.0.0.1:${to}>`,
    `Call-ID: ${from}-${sequence}@lab`,
    `CSeq: ${sequence} OPTIONS`,
    `Contact: <sip:lab@127.0.0.1:${from}>`,
    'Max-Forwards: 70',
    'Content-Length: 0',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
