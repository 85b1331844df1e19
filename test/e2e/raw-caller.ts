import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface RawInvite {
  /** User part of the request URI, as it is. */
  readonly to: string;
  /** From without its tag, as it is. */
  readonly from: string;
  readonly headers?: readonly string[];
}

const resendMs = 1_000;

/**
 * Rings with headers exactly as written, many calls on one socket: answers what Asterisk says, and hangs up as soon as it is
 * answered.
 */
export class RawCaller {
  readonly #socket: Socket;
  readonly #asterisk: { readonly host: string; readonly port: number };
  readonly #calls = new Map<string, (message: string) => void>();

  private constructor(socket: Socket, asterisk: { host: string; port: number }) {
    this.#socket = socket;
    this.#asterisk = asterisk;
    socket.on('message', (bytes) => {
      const message = bytes.toString('latin1');
      this.#calls.get(/^Call-ID: *(\S+)/im.exec(message)?.[1] ?? '')?.(message);
    });
  }

  /** @param sip Asterisk's address, host:port. @param address whom the calls come from: chooses the trunk */
  static async open(sip: string, address: string): Promise<RawCaller> {
    const [host = '', port = ''] = sip.split(':');
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new RawCaller(socket, { host, port: Number(port) });
  }

  /** Resolves with the SIP Call-ID and the final answer's status, once the call is over. Rejects after `timeoutMs`. */
  async ring(invite: RawInvite, timeoutMs = 40_000): Promise<{ callId: string; status: number }> {
    const callId = `raw-${randomUUID()}`;
    const { address, port } = this.#socket.address();
    const target = `${this.#asterisk.host}:${this.#asterisk.port}`;
    const request = (method: string, uri: string, to: string, cseq: number, more: readonly string[] = []) =>
      [
        `${method} ${uri} SIP/2.0`,
        `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK${callId}${method === 'ACK' ? '' : method};rport`,
        `From: ${invite.from};tag=raw`,
        to,
        `Call-ID: ${callId}`,
        `CSeq: ${cseq} ${method}`,
        'Max-Forwards: 70',
        `Contact: <sip:raw@${address}:${port}>`,
        ...more,
      ].join('\r\n');
    const sdp = [
      'v=0',
      `o=- 1 1 IN IP4 ${address}`,
      's=-',
      `c=IN IP4 ${address}`,
      't=0 0',
      'm=audio 40000 RTP/AVP 0',
      '',
    ].join('\r\n');
    const uri = `sip:${invite.to}@${target}`;
    const body = ['Content-Type: application/sdp', `Content-Length: ${sdp.length}`, '', sdp];
    const first = request('INVITE', uri, `To: <sip:dialed@${target}>`, 1, [
      ...(invite.headers ?? []),
      ...body,
    ]);
    const empty = ['Content-Length: 0', '', ''];
    return new Promise((resolve, reject) => {
      const send = (text: string) => this.#socket.send(text, this.#asterisk.port, this.#asterisk.host);
      let resend = setInterval(() => send(first), resendMs);
      let status = 0;
      const done = (error?: Error) => {
        clearInterval(resend);
        clearTimeout(late);
        this.#calls.delete(callId);
        if (error === undefined) resolve({ callId, status });
        else reject(error);
      };
      const late = setTimeout(() => done(new Error(`no end of the call to ${invite.to}`)), timeoutMs);
      this.#calls.set(callId, (message) => {
        const code = Number(/^SIP\/2\.0 (\d{3})/.exec(message)?.[1] ?? 0);
        const method = /^CSeq: *\d+ (\w+)/im.exec(message)?.[1];
        const to = /^To:.*$/im.exec(message)?.[0] ?? '';
        if (code >= 100 && status === 0) clearInterval(resend);
        if (method === 'INVITE' && code >= 200) {
          const contact = /^Contact: *<([^>]+)>/im.exec(message)?.[1] ?? uri;
          send(request('ACK', code < 300 ? contact : uri, to, 1, empty));
          if (code >= 300) {
            status = code;
            return done();
          }
          if (status !== 0) return;
          status = code;
          const bye = request('BYE', contact, to, 2, empty);
          send(bye);
          resend = setInterval(() => send(bye), resendMs);
        } else if (method === 'BYE' && code === 0) {
          const copied = message.match(/^(Via|From|To|Call-ID|CSeq):.*$/gim) ?? [];
          send(['SIP/2.0 200 OK', ...copied, ...empty].join('\r\n'));
        } else if (method === 'BYE' && code >= 200) done();
      });
      send(first);
    });
  }

  close(): void {
    this.#socket.close();
  }
}
