import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect as connectTls } from 'node:tls';
import type { Redis } from 'ioredis';
import { isLoopback } from '../process/loopback.ts';
import { expectedKey } from './redis-keys.ts';

const answerMs = 1_000;
const maxAddresses = 8;

/** Addresses of this machine that others may reach. */
export function outsideAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return all.filter(({ internal }) => !internal).map(({ address }) => address);
}

/**
 * Where, beyond loopback, the server lets somebody read who gives no password: its own address, or, when we reach it over loopback,
 * those of this machine. `host:port`; null: nowhere.
 */
export async function openAt(server: Redis, outside = outsideAddresses()): Promise<string | null> {
  const { stream } = server as unknown as { stream?: { remoteAddress?: string; remotePort?: number } };
  const { remoteAddress: address, remotePort: port } = stream ?? {};
  if (address === undefined || port === undefined) return null;
  const asked = isLoopback(address) ? outside.slice(0, maxAddresses) : [address];
  const isTls = server.options.tls !== undefined;
  const found = await Promise.all(asked.map((host) => letsReadWithoutPassword(host, port, isTls)));
  const at = asked.find((_, n) => found[n]);
  return at === undefined ? null : `${at.includes(':') ? `[${at}]` : at}:${port}`;
}

function letsReadWithoutPassword(host: string, port: number, isTls: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const ask = () => socket.write(`EXISTS ${expectedKey}\r\n`);
    // Whose certificate it is does not matter: nothing is told to it.
    const socket = isTls
      ? connectTls({ host, port, rejectUnauthorized: false }, ask)
      : connect({ host, port }, ask);
    const answer = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(answerMs, () => answer(false));
    socket.once('data', (said) => answer(said.toString('latin1').startsWith(':')));
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
  });
}
