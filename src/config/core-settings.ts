import {
  line,
  matching,
  oneOf,
  type SettingRows,
  secretKey,
  secretLine,
  url,
  wholeNumber,
} from '../process/setting.ts';

const redisUrl =
  /^rediss?(\+cluster|\+sentinel(?=:\/\/[^/]+\/[A-Za-z0-9._-]))?:\/\/([^@/\s]*@)?[A-Za-z0-9._[\]:,-]+(\/[A-Za-z0-9._/-]*)?(\?\S*)?$/;

const hours = wholeNumber(0, 8760);
const directory = { shape: line, allowed: 'a directory' };

/** Asterisk, Redis, directories, prompts, log and deadlines. */
export const coreSettings = {
  GATEHOUSE_ARI_URL: {
    shape: url('http:', 'https:')
      .refine((text) => new URL(text).username === '' && new URL(text).password === '')
      .transform((text) => text.replace(/\/+$/, '')),
    fallback: 'http://127.0.0.1:8088',
    allowed: 'an http:// or https:// address without user and password, including the prefix of http.conf',
    about: 'Address of the HTTP server of Asterisk.',
    secret: true,
  },
  GATEHOUSE_ARI_USER: {
    shape: line,
    required: 'Set it to a user of ari.conf on this Asterisk (type=user, read_only=no).',
    allowed: 'a user of ari.conf',
    about: 'Required. The user needs `read_only=no`.',
  },
  GATEHOUSE_ARI_PASSWORD: {
    ...secretLine,
    required:
      'Set GATEHOUSE_ARI_PASSWORD, or GATEHOUSE_ARI_PASSWORD_FILE to a readable file that contains it.',
    allowed: 'the password of that user, one line',
    about: 'Required, here or as a file.',
    file: 'A file that contains only the password, for systemd credentials and container secrets.',
  },
  GATEHOUSE_APP: {
    shape: matching(/^[A-Za-z0-9_-]{1,64}$/),
    fallback: 'gatehouse',
    allowed: '1 to 64 letters, digits, - or _',
    about: 'Name of the Stasis application, the same as in the dialplan.',
  },
  GATEHOUSE_NODE: {
    shape: matching(/^[A-Za-z0-9._-]{1,64}$/),
    allowed: '1 to 64 letters, digits, ".", - or _',
    about:
      'Name of this node, the first part of every call id. Default: the host name. Do not change it between restarts.',
  },
  GATEHOUSE_REDIS_URL: {
    // What each form means: src/redis/redis-address.ts.
    shape: matching(redisUrl),
    fallback: 'redis://127.0.0.1:6379',
    allowed: 'a redis://, redis+sentinel:// or redis+cluster:// address (rediss for TLS)',
    about:
      'Where outcomes, counts and passes are kept: `redis://HOST:PORT/DB`, `redis+sentinel://HOST:PORT,HOST:PORT/MASTER` or `redis+cluster://HOST:PORT,HOST:PORT`.',
    secret: true,
  },
  GATEHOUSE_PSEUDONYM_KEY: {
    ...secretKey,
    about:
      'When set, Redis and the outbox hold keyed hashes instead of callers’ numbers, and no names. Search, passes and `gatehouse forget` still work by number; backtests of such calls do not. Protect it like a password; if it changes, no earlier caller is recognized.',
  },
  GATEHOUSE_RULES: { ...directory, fallback: 'rules', about: 'The rule files.' },
  GATEHOUSE_DATA: {
    ...directory,
    fallback: '/var/lib/gatehouse',
    about:
      'The outbox (outcomes not yet in Redis), access tokens, the audit log, and the database that pages and reports ask (`records.duckdb`, rebuilt from Redis when deleted). Must be persistent.',
  },
  GATEHOUSE_SPOOL: {
    ...directory,
    fallback: '/var/spool/asterisk/gatehouse',
    about: 'Where the dialplan notes calls that bypassed screening, and dialed numbers.',
  },
  GATEHOUSE_CA_FILE: {
    shape: line,
    allowed: 'the path of a file of certificates (PEM)',
    about:
      'Authorities that are trusted beside the usual ones, for all TLS connections: notices, identity provider, feeds, Redis, Asterisk. For an internal CA. `NODE_EXTRA_CA_CERTS`, which Node itself reads, does the same.',
  },
  GATEHOUSE_STI_AUTHORITIES: {
    shape: line,
    allowed: 'the path of a file of certificates (PEM)',
    about:
      'Authorities whose carriers may sign calls (STIR/SHAKEN), in one file, as `ca_file` of stir_shaken.conf. With it Gatehouse itself verifies what Asterisk does not: further Identity headers, and all of them on trunks without a `stir_shaken_profile`. Certificates are fetched in the background, so that the first call of a new one counts as not verified. Read at the start.',
  },
  GATEHOUSE_CERTIFICATES: {
    ...oneOf('public', 'any', 'off'),
    fallback: 'public',
    about:
      'Where the certificates of signed calls may be fetched from, for the name and service provider code of who signed: `public`: the public net by https, no redirects; `any`: also addresses inside, and http; `off`: nothing is fetched.',
  },
  GATEHOUSE_DIALLED_HOURS: {
    ...hours,
    shape: hours.shape.transform((count) => count * 3_600_000),
    fallback: '168',
    about: 'How long a number that staff dialed counts as dialed (hours); 0: never.',
  },
  GATEHOUSE_PROMPT_MEDIA: {
    shape: matching(/^(sound:)?[A-Za-z0-9._/-]+$/).transform((text) =>
      (text.startsWith('sound:') ? text : `sound:${text}`).replace(/\/+$/, ''),
    ),
    fallback: 'sound:gatehouse',
    allowed: '`sound:` and a path of letters, digits, ".", "/", - or _',
    about: 'Prefix of the ARI media of prompts, `<prefix>/<language>/<prompt>`. An absolute path is allowed.',
  },
  GATEHOUSE_TTS: {
    shape: line,
    allowed: 'a program and its arguments, with {out} and optionally {text-file} and {language}',
    about:
      'Program that speaks the prompts (`gatehouse prompts`). Default: espeak-ng. It runs without a shell and also gets the words on stdin.',
  },
  GATEHOUSE_HTTP: {
    shape: matching(/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/)
      .transform((text) => ({
        host: text.slice(0, text.lastIndexOf(':')).replace(/^\[|\]$/g, ''),
        port: Number(text.slice(text.lastIndexOf(':') + 1)),
      }))
      .refine(({ port }) => port <= 65_535),
    fallback: '127.0.0.1:8090',
    allowed: 'host:port',
    about:
      'Address of /healthz and the report. An address outside this machine takes effect only if there is a way to sign in (`gatehouse token new`, `GATEHOUSE_OIDC_ISSUER`); otherwise Gatehouse listens on this machine only.',
  },
  GATEHOUSE_HTTP_CONNECTIONS: {
    ...wholeNumber(16, 10_000),
    fallback: '200',
    about:
      'Maximum web connections. At the limit, a new connection replaces the one that has been idle or unfinished longest; probes and `/metrics` are still answered. The limit is lower if the open file limit would leave too few for calls.',
  },
  GATEHOUSE_LOG_LEVEL: {
    ...oneOf('debug', 'info', 'warn', 'error'),
    fallback: 'info',
    about: 'Lowest level that is logged.',
  },
  GATEHOUSE_LOG_NUMBERS: {
    ...oneOf('masked', 'full'),
    fallback: 'masked',
    about:
      'Phone numbers in log lines: `masked` keeps the area and the last two digits, `full` keeps all digits.',
  },
  GATEHOUSE_HISTORY_DEADLINE_MS: {
    ...wholeNumber(10, 2000),
    fallback: '150',
    about: "How long a call waits for its caller's history (ms) before it is decided without.",
  },
  GATEHOUSE_ARI_TIMEOUT_MS: {
    ...wholeNumber(100, 10_000),
    fallback: '2000',
    about: 'Deadline of each ARI request (ms). If a request misses it, the call goes to the operators.',
  },
  GATEHOUSE_DRAIN_SECONDS: {
    ...wholeNumber(0, 300),
    fallback: '20',
    about: 'How long calls may finish after SIGTERM (s) before they go to the operators.',
  },
  GATEHOUSE_CANARY: {
    shape: matching(/^(off|[1-9]\d{1,3})$/)
      .refine((text) => text === 'off' || (Number(text) >= 10 && Number(text) <= 3600))
      .transform((text) => (text === 'off' ? 0 : Number(text) * 1000)),
    fallback: '60',
    allowed: 'a whole number from 10 to 3600, or off',
    about:
      'Every so many seconds Gatehouse calls its own switchboard and sends the call to each exit and mailbox of the rules: it is stopped before anybody is rung. What callers would find is in /healthz, on the page Now, in metrics and in notices.',
  },
  GATEHOUSE_FEED_MAX_MB: {
    ...wholeNumber(1, 1024),
    fallback: '64',
    about: 'A larger feed is refused (MB). Ten million numbers take about 130.',
  },
  GATEHOUSE_RETENTION_DAYS: {
    ...wholeNumber(1, 3650),
    fallback: '90',
    about: 'How long outcomes are kept (days).',
  },
} as const satisfies SettingRows;
