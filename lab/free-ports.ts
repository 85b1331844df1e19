import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { serverPorts } from './port-ranges.ts';
import { startTicks } from './process-identity.ts';

const { lowest, highest } = serverPorts;
const mostTries = 2_000;
/** fetch() refuses these as "bad port" (Fetch standard, port blocking). */
const refusedByFetch = new Set([
  4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
]);

/** Not the TMPDIR of the environment: all runs on this machine must see each other's claims. */
const claims = `/tmp/gatehouse-ports-${process.getuid?.() ?? 0}`;
const ours = new Set<number>();
process.once('exit', () => releasePorts([...ours]));

/**
 * Ports that are free on loopback for TCP and UDP, all different. Nobody else who asks here, in this process or another, is
 * given them until they are released, or this process has ended. Rejects when no port can be had.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries >= mostTries) throw new Error(`no free ports between ${lowest} and ${highest}; see ${claims}`);
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (refusedByFetch.has(port) || !claim(port)) continue;
    if (await isFree(port)) ports.push(port);
    else releasePorts([port]);
  }
  return ports;
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** Others may be given these again. */
export function releasePorts(ports: readonly number[]): void {
  for (const port of ports) if (ours.delete(port)) rmSync(join(claims, String(port)), { force: true });
}

/** Synchronous: two who ask at once in this process cannot come between each other. */
function claim(port: number): boolean {
  if (ours.has(port)) return false;
  mkdirSync(claims, { recursive: true });
  const path = join(claims, String(port));
  const made = `${path}.${process.pid}`;
  try {
    // Linked into place: nobody ever reads half a claim.
    writeFileSync(made, `${process.pid} ${startTicks(process.pid) ?? ''}`);
    if (!linked(made, path)) {
      if (isHeld(path)) return false;
      rmSync(path, { force: true });
      if (!linked(made, path)) return false;
    }
    ours.add(port);
    return true;
  } finally {
    rmSync(made, { force: true });
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** False when the process that claimed it has ended. */
function isHeld(path: string): boolean {
  try {
    const [pid = '', started = ''] = readFileSync(path, 'utf8').split(' ');
    return startTicks(Number(pid)) === started;
  } catch {
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const tcp = createServer();
  const udp = createSocket('udp4');
  try {
    tcp.listen(port, '127.0.0.1');
    await once(tcp, 'listening');
    udp.bind(port, '127.0.0.1');
    await once(udp, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    tcp.close();
    try {
      udp.close();
    } catch {
      // It was never bound.
    }
  }
}
