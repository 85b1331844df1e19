import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const good = '+1 212 555 0195\n+1 212 555 0196\n';

/** What a feed may serve when it has gone bad; the last ones would turn away people who must get through. */
const badAnswers: readonly ((response: ServerResponse) => void)[] = [
  (response) => response.writeHead(500).end('out of order'),
  (response) => response.writeHead(200).end('<html><body>Please log in</body></html>'),
  (response) => response.writeHead(200).end(''),
  // Never ends.
  (response) => response.writeHead(200).write('+1 212 555 0195\n'),
  (response) => response.writeHead(200).end('+1*\n'),
  (response) => response.writeHead(200).end('+1 317 555 0190\n+1 317 555 0120\n'),
  (response) => response.writeHead(200).end('+1 212 555 01'.padEnd(4_000_000, '\u0000')),
];

/** A block list on a server of its own. */
export class ChaosFeed {
  readonly #server: Server;
  #bad: ((response: ServerResponse) => void) | null = null;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (_request, response) =>
      this.#bad === null ? response.writeHead(200).end(good) : this.#bad(response),
    );
  }

  static async start(): Promise<ChaosFeed> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ChaosFeed(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/feed.txt`;
  }

  /** @param variant 0 to below 1 */
  spoil(variant: number): void {
    this.#bad = badAnswers[Math.floor(variant * badAnswers.length)] ?? null;
  }

  mend(): void {
    this.#bad = null;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
