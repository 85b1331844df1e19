import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answersSip } from '../answers-sip.ts';
import { Child } from '../child.ts';

const shippedConfig = join(import.meta.dirname, '../../deploy/kamailio/kamailio.cfg');

/** Kamailio with the shipped configuration, on loopback, before these nodes. */
export class LabKamailio {
  readonly sip: string;
  readonly #dir: string;
  readonly #port: number;
  readonly #nodes: readonly string[];
  #child: Child | null = null;

  /** @param nodes SIP addresses, `host:port` */
  constructor(dir: string, port: number, nodes: readonly string[]) {
    this.#dir = dir;
    this.#port = port;
    this.sip = `127.0.0.1:${port}`;
    this.#nodes = nodes;
  }

  /** Resolves when it answers SIP. */
  async start(): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    const list = join(this.#dir, 'dispatcher.list');
    await writeFile(list, this.#nodes.map((node) => `1 sip:${node} 8\n2 sip:${node}\n`).join(''));
    const defined = [`SIP_LISTEN=udp:${this.sip}`, `NODES_FILE="${list}"`].flatMap((one) => ['-A', one]);
    const args = ['-DD', '-E', '-f', shippedConfig, '-Y', this.#dir, ...defined];
    this.#child = new Child('kamailio', 'kamailio', args, { log: this.#log });
    if (!(await answersSip(this.#port, 10_000)))
      throw new Error(`Kamailio (Debian package kamailio) does not answer:\n${await this.#text()}`);
  }

  /** By SIP Call-ID: the nodes that a call was offered to, in that order; the last one took it. */
  async offered(): Promise<ReadonlyMap<string, readonly number[]>> {
    const calls = new Map<string, number[]>();
    for (const [, callId = '', address = ''] of (await this.#text()).matchAll(
      /call (\S+) to node sip:(\S+)/g,
    ))
      calls.set(callId, [...(calls.get(callId) ?? []), this.#nodes.indexOf(address)]);
    return calls;
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  get #log(): string {
    return join(this.#dir, 'kamailio.log');
  }

  #text(): Promise<string> {
    return readFile(this.#log, 'utf8').catch(() => '');
  }
}
