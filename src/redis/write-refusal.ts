import { Cluster, type Redis } from 'ioredis';
import { visibleText } from '../text/visible-text.ts';
import { mastersOf, type RedisClient, runAll } from './redis-client.ts';
import { shardKeysBetween } from './redis-keys.ts';

/** Why Redis, which answers, takes no records. */
export interface WriteRefusal {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** True: another server may take them, so that a new connection is worth making soon. */
  readonly isElsewhere: boolean;
}

const follows = 'Gatehouse keeps reconnecting, so it follows a forwarder or virtual IP to the new master.';

/** By the first word of what Redis answers (redis.io/docs/latest/develop/reference/protocol-spec, "Simple errors"). */
const refusals: Readonly<Record<string, Omit<WriteRefusal, 'message'> & { readonly because: string }>> = {
  READONLY: {
    code: 'redis-read-only',
    because: 'it is a replica',
    remedy: `${follows} If it does not end: point GATEHOUSE_REDIS_URL to the master, or name Sentinels (redis+sentinel://…) or the Cluster.`,
    isElsewhere: true,
  },
  MASTERDOWN: {
    code: 'redis-read-only',
    because: 'it is a replica that has lost its master',
    remedy: `${follows} If it does not end: make one server the master, and point GATEHOUSE_REDIS_URL to it.`,
    isElsewhere: true,
  },
  LOADING: {
    code: 'redis-loading',
    because: 'it is loading its data',
    remedy: `${follows} A large data set takes minutes; the log of Redis says how far it is.`,
    isElsewhere: true,
  },
  MISCONF: {
    code: 'redis-disk',
    because: 'it cannot save to its disk',
    remedy: 'Free space on the disk of Redis, or correct the rights of its directory; its log has the error.',
    isElsewhere: false,
  },
  OOM: {
    code: 'redis-full',
    because: 'its memory is full',
    remedy: 'Raise maxmemory or lower GATEHOUSE_RETENTION_DAYS.',
    isElsewhere: false,
  },
  NOREPLICAS: {
    code: 'redis-no-replicas',
    because: 'fewer replicas follow it than min-replicas-to-write asks for',
    remedy: 'Bring the replicas back, or lower min-replicas-to-write.',
    isElsewhere: true,
  },
  NOAUTH: {
    code: 'redis-sign-in',
    because: 'it wants a password',
    remedy: 'Put the password into GATEHOUSE_REDIS_URL: redis://:PASSWORD@HOST:PORT.',
    isElsewhere: true,
  },
  WRONGPASS: {
    code: 'redis-sign-in',
    because: 'the user or the password is wrong',
    remedy: 'Correct them in GATEHOUSE_REDIS_URL; special characters are percent-encoded.',
    isElsewhere: false,
  },
  NOPERM: {
    code: 'redis-rights',
    because: 'the user may not write there',
    remedy:
      'Give the user of GATEHOUSE_REDIS_URL its rights: ACL SETUSER NAME ~gh:* +@all -@admin -@dangerous +info.',
    isElsewhere: false,
  },
  DENIED: {
    code: 'redis-sign-in',
    because: 'it is in protected mode and takes no connections from other machines',
    remedy: 'Set a password for Redis (requirepass), and put it into GATEHOUSE_REDIS_URL.',
    isElsewhere: false,
  },
  CLUSTERDOWN: {
    code: 'redis-cluster-down',
    because: 'the Cluster has no master for some keys',
    remedy: 'Bring the missing nodes back; CLUSTER INFO says what is missing.',
    isElsewhere: false,
  },
  BUSY: {
    code: 'redis-busy',
    because: 'a script is running and does not end',
    remedy: 'End it: SCRIPT KILL.',
    isElsewhere: false,
  },
};

/** About the key, of which the question of `writeRefusal` has none that exists, or the place of a key in a Cluster. */
const aboutTheKey = new Set(['WRONGTYPE', 'MOVED', 'ASK', 'TRYAGAIN']);
/** About the key or the command, and not about the server. */
const others = new Set(['ERR', 'WRONGTYPE', 'MOVED', 'ASK', 'TRYAGAIN', 'NOSCRIPT', 'NOPROTO']);

/** Null: the error is none that a server says when it takes no records. */
export function refusalOf(error: unknown): WriteRefusal | null {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return null;
  const word = firstWord(error);
  if (word === undefined || others.has(word)) return null;
  const known = refusals[word] ?? {
    code: 'redis-refuses',
    because: 'its log may say why',
    remedy: 'Look into the log of Redis, and of the forwarder before it.',
    isElsewhere: true,
  };
  const { code, because, remedy, isElsewhere } = known;
  return {
    code,
    message: `Redis takes no records (${word}): ${because}; outcomes wait on disk`,
    remedy,
    isElsewhere,
  };
}

/** For a server that is connected and does not become ready. */
export const stillLoading = refusalOf(Object.assign(new Error('LOADING'), { name: 'ReplyError' }));

/**
 * Asks whether Redis takes what a call writes, by a write that changes nothing: XADD with NOMKSTREAM to streams that do not
 * exist, one in each slot of today's records. It needs no right that records do not need. Rejects when Redis does not answer.
 */
export async function writeRefusal(redis: RedisClient): Promise<WriteRefusal | null> {
  if (redis instanceof Cluster) await answersOf(mastersOf(redis));
  const now = Date.now();
  const keys = shardKeysBetween(now, now).flatMap((shards) => shards.map(({ probe }) => probe));
  const asked = redis instanceof Cluster ? keys : keys.slice(0, 1);
  const replies = await runAll(
    redis,
    asked.map((key) => (to) => to.xadd(key, 'NOMKSTREAM', '*', 'probe', '')),
  );
  for (const [error] of replies) {
    const refusal = refusalOf(error) ?? plainRefusal(error);
    if (refusal !== null) return refusal;
    if (error !== null && error.name !== 'ReplyError') throw error;
  }
  return null;
}

/** Nothing is wrong with the question: who answers `ERR …`, or no word of Redis at all, is a proxy without its Redis, or none. */
function plainRefusal(error: Error | null): WriteRefusal | null {
  if (error?.name !== 'ReplyError' || aboutTheKey.has(firstWord(error) ?? '')) return null;
  return {
    code: 'redis-refuses',
    message: `Redis takes no records: it answers ${JSON.stringify(visibleText(error.message).slice(0, 80))}; outcomes wait on disk`,
    remedy: 'Look into the log of the proxy or forwarder before Redis, and of Redis itself.',
    isElsewhere: true,
  };
}

function firstWord({ message }: Error): string | undefined {
  return /^[A-Z]{2,20}\b/.exec(message)?.[0];
}

/** Also of the masters that have none of today's records. */
async function answersOf(masters: readonly Redis[]): Promise<void> {
  // A Cluster that is away as a whole has none.
  if (masters.length === 0) throw new Error('no master is known');
  await Promise.all(
    masters.map((server) =>
      server.ping().catch((error: Error) => {
        if (error.name !== 'ReplyError') throw error;
      }),
    ),
  );
}
