import type { Answers } from './answers.ts';
import type { AsteriskHome } from './asterisk.ts';
import type { ConfFiles } from './conf/conf-tree.ts';
import type { RedisFound } from './redis.ts';
import type { Trunk } from './trunks.ts';

/** Where Gatehouse's own files are on this machine. */
export interface Places {
  /** `/etc/gatehouse`. */
  readonly dir: string;
  readonly rules: string;
  readonly env: string;
  readonly password: string;
  readonly manifest: string;
  /** Group of the service, which reads rules and settings; null: there is none. */
  readonly group: number | null;
  /** `dialplan/` and `deploy/` of this version. */
  readonly program: string;
}

/** All that a plan is made from. */
export interface Ground {
  readonly asterisk: AsteriskHome;
  readonly files: ConfFiles;
  readonly places: Places;
  readonly answers: Answers;
  /** Those that are to be screened; they lead to one context. */
  readonly trunks: readonly Trunk[];
  readonly secrets: Secrets;
  readonly redis: RedisFound;
  /** That of FreePBX, to be taken over as a list; null: there is none, or the rules are the site's own already. */
  readonly blacklist: string | null;
}

export interface Secrets {
  readonly ariUser: string;
  readonly ariPassword: string;
  readonly redisPassword: string;
  /** Digits. */
  readonly pin: string;
}
