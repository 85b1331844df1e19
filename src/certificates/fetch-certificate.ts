import { type LookupAddress, lookup as lookUp } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';

/** Where certificates may be fetched from: the public net by https, or also addresses inside and http. */
export type CertificateHosts = 'public' | 'any';

const maxBytes = 32 * 1024;
const timeoutMs = 5000;
/** Ports that certificates are offered at (ATIS-1000074, 5.3.1). */
const publicPorts = new Set(['', '443', '8443']);

/** Whether a certificate may be fetched from this address at all; it is the signer's own text. */
export function isCertificateAddress(text: string, hosts: CertificateHosts): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, port, username, password, search, hash, hostname } = new URL(text);
  if (username !== '' || password !== '' || search !== '' || hash !== '') return false;
  if (hosts === 'any') return protocol === 'https:' || protocol === 'http:';
  const literal = hostname.replace(/^\[|\]$/g, '');
  return protocol === 'https:' && publicPorts.has(port) && (isIP(literal) === 0 || isPublic(literal));
}

/**
 * The text at the address of a certificate. Bounded in bytes and time; redirects are not followed; a public name that leads to an
 * address inside is refused when it is looked up, so that no signer can point at a service of ours.
 * @throws Error
 */
export async function fetchCertificate(
  url: string,
  hosts: CertificateHosts,
  closing: AbortSignal,
): Promise<string> {
  if (!isCertificateAddress(url, hosts)) throw new Error('the address is not allowed');
  const connect = { timeout: timeoutMs, ...(hosts === 'public' && { lookup: publicLookup }) };
  const agent = new Agent({ connect, maxHeaderSize: 8192 });
  try {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]);
    const { statusCode, body } = await request(url, {
      dispatcher: agent,
      signal,
      headers: { 'user-agent': 'gatehouse', 'accept-encoding': 'identity' },
    });
    // A discarded body emits an error, which would end the process if it were not handled.
    body.on('error', () => undefined);
    if (statusCode !== 200) {
      body.destroy();
      throw new Error(`the server answered ${statusCode}`);
    }
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > maxBytes) throw new Error(`longer than ${maxBytes} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('latin1');
  } finally {
    await agent.destroy().catch(() => undefined);
  }
}

const publicLookup: LookupFunction = (hostname, options, done) => {
  lookUp(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const [first] = found ?? [];
    if (error !== null || first === undefined) return done(error ?? new Error('no address'), '');
    if (!found.every(({ address }) => isPublic(address)))
      return done(new Error('the name leads to an address inside'), '');
    if (options.all === true) done(null, found);
    else done(null, first.address, first.family);
  });
};

const inside = new BlockList();
/** IANA special-purpose address registries: what is not globally reachable. */
for (const [net, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
  ] as const),
  ...([
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
  ] as const),
  ...([
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
  ] as const),
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(net, bits, 'ipv4');
/** Of IPv6 only 2000::/3 is given out; without what leads to IPv4 addresses (6to4, Teredo) and documentation. */
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  inside.addSubnet(net, bits, 'ipv6');

/** An address on the public net. */
export function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !inside.check(address, 'ipv4');
  return global6.check(address, 'ipv6') && !inside.check(address, 'ipv6');
}
