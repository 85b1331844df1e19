import type { RedisOptions } from 'ioredis';

interface Place {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is. `shown` holds no password. */
export interface RedisAddress {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** The one server, the Sentinels, or some nodes of the Cluster. */
  readonly places: readonly Place[];
  /** Name by which the Sentinels know the master; empty otherwise. */
  readonly master: string;
  readonly options: Pick<RedisOptions, 'username' | 'password' | 'db' | 'tls'>;
  readonly shown: string;
  /** As given; what stands behind `?` are options of ioredis, of a single server only. */
  readonly url: string;
}

const form = /^(rediss?)(\+sentinel|\+cluster)?:\/\/(?:([^@/]*)@)?([^/?#]+)(\/[^?#]*)?(\?[^#]*)?$/;
const defaultPorts = { single: 6379, cluster: 6379, sentinel: 26_379 };

/** What an address may look like, for messages. */
export const redisAddressForms =
  'redis://HOST:PORT/DB, redis+sentinel://HOST:PORT,HOST:PORT/MASTER or redis+cluster://HOST:PORT,HOST:PORT (rediss… for TLS)';

/**
 * Reads `redis://[user:password@]host:port[/db]`, `redis+sentinel://[user:password@]host:port,…/master[/db]` and
 * `redis+cluster://[user:password@]host:port,…`; `rediss` for TLS. User and password are percent-encoded and belong to
 * Redis itself. Null when it is none of these.
 */
export function redisAddress(url: string): RedisAddress | null {
  const [, scheme = '', variant = '', credentials = '', hosts = '', path = '', query = ''] =
    form.exec(url) ?? [];
  if (scheme === '') return null;
  const kind = variant === '+sentinel' ? 'sentinel' : variant === '+cluster' ? 'cluster' : 'single';
  const places = hosts.split(',').map((text) => placeOf(text, defaultPorts[kind]));
  const [first = '', second = '', ...rest] = path.slice(1).split('/');
  const [master, db] = kind === 'sentinel' ? [first, second] : ['', first];
  const isWhole =
    places.every((place) => place !== null) &&
    (kind !== 'single' || places.length === 1) &&
    (kind !== 'sentinel' || /^[A-Za-z0-9._-]{1,100}$/.test(master)) &&
    /^\d{0,3}$/.test(db) &&
    (kind !== 'cluster' || db === '' || db === '0') &&
    rest.length === 0 &&
    (kind === 'single' || query === '') &&
    (kind === 'sentinel' || second === '');
  const access = credentialsOf(credentials);
  if (!isWhole || access === null) return null;
  const secure = scheme === 'rediss' ? { tls: {} } : {};
  return {
    kind,
    places: places.flatMap((place) => place ?? []),
    master,
    options: { ...access, ...(db === '' ? {} : { db: Number(db) }), ...secure },
    url,
    shown: `${scheme}${variant}://${hosts}${path}`,
  };
}

function placeOf(text: string, defaultPort: number): Place | null {
  const [, host = '', port = String(defaultPort)] =
    /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === '' || Number(port) < 1 || Number(port) > 65_535) return null;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function credentialsOf(text: string): { username?: string; password?: string } | null {
  if (text === '') return {};
  const colon = text.indexOf(':');
  const [user, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  try {
    return {
      ...(user === '' ? {} : { username: decodeURIComponent(user) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    };
  } catch {
    return null;
  }
}
