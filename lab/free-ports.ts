import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports free on loopback for both TCP and UDP at this moment, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  const held: (() => void)[] = [];
  while (ports.length < count) {
    const tcp = createServer().listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const port = (tcp.address() as { port: number }).port;
    held.push(() => tcp.close());
    const udp = createSocket('udp4');
    try {
      udp.bind(port, '127.0.0.1');
      await once(udp, 'listening');
      ports.push(port);
      held.push(() => udp.close());
    } catch {
      // taken for UDP: try another
    }
  }
  for (const release of held) release();
  return ports;
}
