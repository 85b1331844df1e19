import type { FastifyReply } from 'fastify';

/** Everything comes from ourselves, and nothing written inside a page runs or dresses it. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not no-referrer: with it browsers send `Origin: null` with our own forms.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'x-dns-prefetch-control': 'off',
} as const;

const yearSeconds = 31_536_000;

/** OWASP's HTTP headers. `https`: the browser came by TLS, so that it may be told to stay there. */
export function setSecurityHeaders(reply: FastifyReply, { https }: { readonly https: boolean }): void {
  for (const [name, value] of Object.entries(headers)) void reply.header(name, value);
  // A page with numbers stays in no cache; what may be kept (scripts, styles) says so itself.
  void reply.header('cache-control', 'no-store');
  if (https) void reply.header('strict-transport-security', `max-age=${yearSeconds}`);
}
