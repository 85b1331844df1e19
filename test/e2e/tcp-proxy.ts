import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A wire between Gatehouse and another server that can be cut (RST), lead elsewhere, or go dead without a word (nothing passes, nothing closes). */
export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #stalled = false;
  #refusal: string | null = null;
  #target: number;
  readonly port: number;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as { port: number }).port;
    server.on('connection', (client) => this.#join(client, this.#target));
  }

  static async to(target: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, target);
  }

  /** From now on every byte of every connection, old and new, is held back. */
  stall(): void {
    this.#stalled = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** Held bytes go on their way. */
  resume(): void {
    this.#stalled = false;
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  /** New connections go there; those there are stay where they are, as behind a forwarder. */
  leadTo(target: number): void {
    this.#target = target;
  }

  /** As a proxy that has lost its Redis: every command (RESP) is answered by this line. Null: it is passed on again. */
  refuse(line: string | null): void {
    this.#refusal = line;
  }

  /** Resets every connection there is. */
  reset(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
    this.#pairs.clear();
  }

  async close(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, port: number): void {
    const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const pair = [client, upstream] as const;
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on('data', (data) => {
        if (this.#refusal === null || from !== client) to.write(data);
        else client.write(`-${this.#refusal}\r\n`.repeat(commandsIn(data)));
      });
      from.on('end', () => to.end());
      from.on('error', end);
      from.on('close', end);
    }
    if (this.#stalled) for (const socket of pair) socket.pause();
  }
}

function commandsIn(data: Buffer): number {
  return data.toString('latin1').match(/^\*\d+\r$/gm)?.length ?? 0;
}
