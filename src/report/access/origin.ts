import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../../process/loopback.ts';

/** Whether what listens there is reached from this machine only. A name other than localhost may be anything. */
export function isLoopbackHost(host: string): boolean {
  return isLoopback(host) || host.toLowerCase() === 'localhost';
}

/** Left by a proxy or a tunnel: then the sender is somebody else than the one who connected. */
const ofProxy =
  /^(x-)?forwarded|^(via|x-real-ip|x-(cluster-)?client-ip|true-client-ip|cf-connecting-ip|fastly-client-ip|x-envoy-.*|x-original-.*)$/;

/**
 * Sent from this machine, to this machine by its own name. A page in a browser here whose own name was turned to
 * 127.0.0.1 (DNS rebinding) says its own name as Host; a proxy's visitors come from anywhere. What another site's page
 * fetches or embeds it could not read, but it could keep us busy, so it is only let follow a link to us.
 */
export function isFromHere(request: FastifyRequest): boolean {
  return (
    isLoopback(request.socket.remoteAddress) &&
    !Object.keys(request.headers).some((name) => ofProxy.test(name)) &&
    isLoopbackHost(hostnameOf(request.headers.host)) &&
    (!isFromOtherSite(request) || isLinkFollowed(request))
  );
}

/** Fetch Metadata (W3C): browsers send it to this machine without TLS too; programs do not. */
function isFromOtherSite({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function isLinkFollowed({ method, headers }: FastifyRequest): boolean {
  return (
    method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  );
}

/**
 * False when a browser says that the request came from another site's page. Programs say nothing and are believed:
 * what they send besides (a cookie) they did not get from a browser.
 */
export function isSameOrigin(request: FastifyRequest, publicUrl: string | null): boolean {
  const { origin, host } = request.headers;
  if (isFromOtherSite(request)) return false;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  return from.host === host || (publicUrl !== null && from.origin === new URL(publicUrl).origin);
}

function hostnameOf(host: string | undefined): string {
  const name = (host ?? '').replace(/:\d{1,5}$/, '').replace(/^\[|\]$/g, '');
  return isIP(name) === 6 ? name.toLowerCase() : name;
}
