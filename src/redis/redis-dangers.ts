import type { Redis } from 'ioredis';
import type { Log } from '../log/log.ts';
import { onServerChange } from './failover.ts';
import { mastersOf, type RedisClient } from './redis-client.ts';
import { openAt } from './redis-unprotected.ts';

const minVersion = [6, 2] as const;
const nearlyFull = 0.85;
const lookEveryMs = 300_000;

/** Something about Redis by which records may be lost or read by others. Whether it takes them now: write-refusal.ts. */
export interface RedisDanger {
  readonly code:
    | 'redis-version'
    | 'redis-evicts'
    | 'redis-forgets'
    | 'redis-nearly-full'
    | 'redis-failover-loses'
    | 'redis-open'
    | 'redis-not-asked';
  /** `error`: nothing is recorded until it is put right; calls are screened all the same. */
  readonly level: 'warn' | 'error';
  readonly message: string;
  readonly remedy: string;
  /** host:port; empty for the only one. */
  readonly server: string;
}

/** What `INFO` says, by field. */
type Info = ReadonlyMap<string, string>;

/**
 * Asks every server that should take writes. Never rejects: what cannot be asked is a danger too. `outside`: addresses at which others
 * may reach this machine; left out: those of its interfaces.
 */
export async function redisDangers(
  redis: RedisClient,
  outside?: readonly string[],
): Promise<readonly RedisDanger[]> {
  const masters = mastersOf(redis);
  const found = await Promise.all(
    masters.map(async (server) => {
      const name = masters.length > 1 ? `${server.options.host}:${server.options.port}` : '';
      const [settings, open] = await Promise.all([dangersOf(server), openDanger(server, outside)]);
      return [...settings, ...open].map((danger) => ({ ...danger, server: name }));
    }),
  );
  return found.flat();
}

/**
 * Looks whenever another server may have taken over and every five minutes, and logs each danger once for as long as it lasts. `dangers` says what
 * the last look found.
 */
export class RedisWatch {
  readonly #redis: RedisClient;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #dangers: readonly RedisDanger[] = [];

  constructor(redis: RedisClient, log: Log) {
    this.#redis = redis;
    this.#log = log;
    onServerChange(redis, () => void this.look());
    if (redis.status === 'ready') void this.look();
    // Memory fills slowly, and settings are changed while it runs.
    this.#timer = setInterval(() => {
      if (redis.status === 'ready') void this.look();
    }, lookEveryMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  dangers(): readonly RedisDanger[] {
    return this.#dangers;
  }

  async look(): Promise<void> {
    const found = await redisDangers(this.#redis);
    const known = new Set(this.#dangers.map(keyOf));
    this.#dangers = found;
    for (const { code, level, message, remedy, server } of found) {
      if (known.has(keyOf({ code, server }))) continue;
      this.#log[level](message, { code, remedy, ...(server === '' ? {} : { server }) });
    }
  }
}

function keyOf({ code, server }: Pick<RedisDanger, 'code' | 'server'>): string {
  return `${code} ${server}`;
}

type Found = Omit<RedisDanger, 'server'>;

async function dangersOf(server: Redis): Promise<Found[]> {
  try {
    const info = parsed(await server.info());
    const config = await configOf(server);
    const looks = [versionDanger, evictionDanger, persistenceDanger, memoryDanger, failoverDanger];
    return looks.flatMap((look) => look(info, config) ?? []);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      {
        code: 'redis-not-asked',
        level: 'warn',
        message: `Redis could not be asked about its settings: ${reason}`,
        remedy: 'Allow this user INFO, or look yourself: noeviction, appendonly yes, 6.2 or later.',
      },
    ];
  }
}

/** Records hold who called whom, and whoever writes there decides who is let through. */
async function openDanger(server: Redis, outside?: readonly string[]): Promise<Found[]> {
  const at = await openAt(server, outside);
  if (at === null) return [];
  return [
    {
      code: 'redis-open',
      level: 'warn',
      message: `Redis answers without a password at ${at}: whoever reaches it reads all records, and can write passes`,
      remedy:
        'Set requirepass in redis.conf and the same password in GATEHOUSE_REDIS_URL (redis://:PASSWORD@HOST:PORT); let Redis listen on loopback only where that is enough (bind 127.0.0.1 ::1).',
    },
  ];
}

function versionDanger(info: Info): Found[] | null {
  const version = info.get('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > minVersion[0] || (major === minVersion[0] && minor >= minVersion[1]);
  if (isEnough) return null;
  return [
    {
      code: 'redis-version',
      level: 'error',
      message: `Redis ${version || 'of an unknown version'} is too old: outcomes are refused and wait in the outbox`,
      remedy: 'Use Redis 6.2 or later.',
    },
  ];
}

function evictionDanger(info: Info): Found[] | null {
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy === 'noeviction') return null;
  const isFull = Number(info.get('maxmemory') ?? 0) > 0;
  const when = isFull ? 'when its memory is full' : 'once maxmemory is set';
  return [
    {
      code: 'redis-evicts',
      level: 'warn',
      // Every key of ours expires, so the volatile policies take them like the others.
      message: `Redis throws records away ${when} (maxmemory-policy ${policy})`,
      remedy: 'Set maxmemory-policy noeviction: a full Redis then refuses, and outcomes wait in the outbox.',
    },
  ];
}

function persistenceDanger(info: Info, config: Info): Found[] | null {
  // Who may not ask for the settings is told nothing that may be wrong.
  if (info.get('aof_enabled') === '1' || config.get('save') !== '') return null;
  return [
    {
      code: 'redis-forgets',
      level: 'warn',
      message: 'Redis keeps nothing on disk: a restart loses all records, counts and passes',
      remedy: 'Set appendonly yes (appendfsync everysec is enough: the newest two minutes are sent again).',
    },
  ];
}

function memoryDanger(info: Info): Found[] | null {
  const most = Number(info.get('maxmemory') ?? 0);
  const used = Number(info.get('used_memory') ?? 0);
  if (most === 0 || used < most * nearlyFull) return null;
  return [
    {
      code: 'redis-nearly-full',
      level: 'warn',
      message: `Redis uses ${Math.round((used / most) * 100)} % of its memory`,
      remedy:
        'Raise maxmemory or lower GATEHOUSE_RETENTION_DAYS; when it is full, outcomes wait in the outbox.',
    },
  ];
}

function failoverDanger(info: Info, config: Info): Found[] | null {
  const hasReplicas = Number(info.get('connected_slaves') ?? 0) > 0;
  if (!hasReplicas || config.get('min-replicas-to-write') !== '0') return null;
  return [
    {
      code: 'redis-failover-loses',
      level: 'warn',
      message:
        'Redis acknowledges writes that no replica has: one that is cut off goes on taking records in vain',
      remedy: 'Set min-replicas-to-write 1 and min-replicas-max-lag 10.',
    },
  ];
}

/** The settings that INFO does not tell; without those that we may not ask for, as with most hosted ones. */
async function configOf(server: Redis): Promise<Info> {
  const asked = ['save', 'min-replicas-to-write'].map(async (name): Promise<[string, string][]> => {
    try {
      const [, value] = (await server.config('GET', name)) as string[];
      return value === undefined ? [] : [[name, value]];
    } catch {
      return [];
    }
  });
  return new Map((await Promise.all(asked)).flat());
}

function parsed(text: string): Info {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
}
