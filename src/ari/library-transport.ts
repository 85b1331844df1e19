import { createRequire, Module } from 'node:module';
import type { SwaggerHttpRequest } from 'swagger-client';

/**
 * Where the requests of one ari-client instance go. ari-client keeps its transport and credentials process-wide, so each
 * instance is given a made-up host of its own, and its requests are told apart by that.
 */
export type LibraryTransport = (path: string, request: SwaggerHttpRequest) => void;

const transports = new Map<string, LibraryTransport>();
let replaced = false;

/** Names a host on which ari-client's requests reach `transport`. RFC 6761 `.invalid`: it can never resolve. */
export function nameTransport(transport: LibraryTransport): string {
  replaceTransport();
  const host = `link-${transports.size + 1}.invalid`;
  transports.set(host, transport);
  return host;
}

export function forgetTransport(host: string): void {
  // The key stays, so that the name is not given twice.
  transports.set(host, (_path, request) => request.on.error(new Error('this ARI link is closed')));
}

/** Puts our transport below swagger-client's SwaggerHttp and in place of `request`, once a process. */
function replaceTransport(): void {
  if (replaced) return;
  replaced = true;
  const ours = createRequire(import.meta.url);
  const theirs = createRequire(ours.resolve('ari-client'));
  // `request` is called once, to see whether the host is there. Preflight has seen that, with credentials and a deadline.
  const probe = new Module(theirs.resolve('request'));
  probe.exports = (_url: string, done: (error: null) => void) => setImmediate(done, null);
  probe.loaded = true;
  ours.cache[theirs.resolve('request')] = probe;

  const swagger: typeof import('swagger-client').default = theirs('swagger-client');
  swagger.SwaggerHttp.prototype.execute = (request) => {
    const url = new URL(request.url);
    const transport = transports.get(url.hostname);
    if (transport) transport(url.pathname + url.search, request);
    else setImmediate(() => request.on.error(new Error('no ARI link of that name')));
  };
}
