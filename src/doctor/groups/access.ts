import { openToAll } from '../../process/open-to-all.ts';
import { isLoopbackHost } from '../../report/access/origin.ts';
import { Tokens } from '../../report/access/tokens.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { quoted } from '../pasted.ts';
import type { Site } from '../site.ts';

const soonMs = 14 * 86_400_000;

/** Who can get at pages, tokens and records. */
export async function* access({ settings }: Site): AsyncGenerator<Finding> {
  const open = await openToAll(settings.data);
  yield open === null
    ? ok('access.data', 'what GATEHOUSE_DATA holds is closed to other users')
    : error('access.data', `every user of this machine can read ${open}`, {
        command: `chmod 0700 ${quoted(settings.data)}`,
      });
  const tokens = await new Tokens(settings.data).list().catch(() => null);
  if (tokens === null)
    yield error(
      'access.tokens',
      'the tokens cannot be read: nobody can sign in with one',
      'gatehouse token list',
    );
  const now = Date.now();
  for (const { name, expiresAt } of tokens ?? [])
    if (expiresAt !== null && expiresAt > now && expiresAt - now < soonMs)
      yield warning(
        `access.token-expires.${name}`,
        `the token "${name}" expires within ${Math.ceil((expiresAt - now) / 86_400_000)} days`,
        'gatehouse token new, and give it to the program that uses it',
      );
  const { host } = settings.http;
  if (isLoopbackHost(host)) yield ok('access.address', `pages are served at ${host} only`);
  else if (!settings.access.publicUrl?.startsWith('https:') && settings.access.trustedProxies.length === 0)
    yield warning(
      'access.address',
      `pages are served at ${host} without TLS: who listens in on the network can read tokens and numbers`,
      'GATEHOUSE_HTTP=127.0.0.1:8090 and a TLS proxy before it, with GATEHOUSE_PUBLIC_URL and GATEHOUSE_TRUSTED_PROXIES',
    );
  else yield ok('access.address', `pages are served at ${host}, behind a proxy`);
}
