import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type GrantedRole, grantedRoles } from './role.ts';

const storedToken = z.object({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  name: z.string().min(1).max(64),
  role: z.enum(grantedRoles),
  /** SHA-256 of the token, hex: enough for 256 random bits, which no list of words holds. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.number(),
  expiresAt: z.number().nullable(),
});
const tokenFile = z.object({ schema: z.literal(1), tokens: z.array(storedToken).max(1000) });

/** Epoch ms; the token itself is kept nowhere. */
export type StoredToken = z.output<typeof storedToken>;

export type TokenErrorCode = 'tokens-unreadable' | 'tokens-locked' | 'token-name' | 'token-unknown';

export class TokenError extends Error {
  readonly code: TokenErrorCode;
  constructor(code: TokenErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TokenError';
    this.code = code;
  }
}

const tokenPrefix = 'gh_';
const lockStaleMs = 10_000;

/** The token file of GATEHOUSE_DATA, `tokens.json`, mode 0600; written by `gatehouse token`, read by the server. */
export class Tokens {
  readonly #path: string;
  readonly #onBroken: (error: unknown) => void;
  /** Of the file that `#byHash` was read from; empty: it must be read. */
  #signature = '';
  /** Why it could not be read last; empty: it could, or is not there. */
  #fault = '';
  #byHash: ReadonlyMap<string, StoredToken> = new Map();

  /** @param onBroken told once a fault when the file cannot be read; no token is valid until it can be */
  constructor(dataDir: string, onBroken: (error: unknown) => void = () => {}) {
    this.#path = join(dataDir, 'tokens.json');
    this.#onBroken = onBroken;
  }

  /** The token in force that has this text, or null. Sees changes of the file at once. Never throws. */
  find(text: string, now: number): StoredToken | null {
    if (!text.startsWith(tokenPrefix) || text.length > 100) return null;
    return this.#inForce(this.#read().get(hashOf(text)), now);
  }

  /** The token with this id if it is still in force, or null. */
  byId(id: string, now: number): StoredToken | null {
    return this.#inForce(
      [...this.#read().values()].find((token) => token.id === id),
      now,
    );
  }

  /** True when somebody can sign in with one. */
  any(now: number): boolean {
    return [...this.#read().values()].some((token) => this.#inForce(token, now) !== null);
  }

  /**
   * All of them, expired ones too, oldest first.
   * @throws TokenError `tokens-unreadable`
   */
  async list(): Promise<readonly StoredToken[]> {
    try {
      return tokenFile.parse(JSON.parse(await readFile(this.#path, 'utf8'))).tokens;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new TokenError('tokens-unreadable', `${this.#path} cannot be read or is damaged`, error);
    }
  }

  /**
   * Makes a token. `text` is its only copy. `lastsMs` null: until it is revoked.
   * @throws TokenError `token-name` when a token has that name already
   */
  async create(
    wanted: { readonly name: string; readonly role: GrantedRole; readonly lastsMs: number | null },
    now: number,
  ): Promise<{ readonly text: string; readonly token: StoredToken }> {
    const text = tokenPrefix + randomBytes(32).toString('base64url');
    const { name, role, lastsMs } = wanted;
    const expiresAt = lastsMs === null ? null : now + lastsMs;
    const id = randomBytes(4).toString('hex');
    const token: StoredToken = { id, name, role, hash: hashOf(text), createdAt: now, expiresAt };
    await this.#change((tokens) => {
      if (tokens.some((other) => other.name === name))
        throw new TokenError('token-name', `there is a token called ${JSON.stringify(name)} already`);
      return [...tokens, token];
    });
    return { text, token };
  }

  /**
   * Ends a token, by id or name; whoever signed in with it is signed out.
   * @throws TokenError `token-unknown`
   */
  async revoke(idOrName: string): Promise<StoredToken> {
    let gone: StoredToken | undefined;
    await this.#change((tokens) => {
      gone = tokens.find(({ id, name }) => id === idOrName || name === idOrName);
      if (gone === undefined)
        throw new TokenError('token-unknown', `there is no token ${JSON.stringify(idOrName)}`);
      return tokens.filter((token) => token !== gone);
    });
    return gone as unknown as StoredToken;
  }

  /** The new file is the lock too: whoever finds it waits for nobody and says so. */
  async #change(edit: (tokens: readonly StoredToken[]) => readonly StoredToken[]): Promise<void> {
    const lock = `${this.#path}.new`;
    const found = await stat(lock).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > lockStaleMs) await rm(lock, { force: true });
    const file = await open(lock, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      throw new TokenError('tokens-locked', 'the tokens are being changed by another command; try again');
    });
    try {
      const tokens = edit(await this.list());
      await file.writeFile(`${JSON.stringify({ schema: 1, tokens }, null, 2)}\n`);
      await file.sync();
      // The server may be another user than the one (root) who types the command.
      const owner = await stat(join(this.#path, '..'));
      if (process.getuid?.() === 0) await file.chown(owner.uid, owner.gid);
      await file.close();
      await rename(lock, this.#path);
    } catch (error) {
      await file.close().catch(() => {});
      await rm(lock, { force: true });
      throw error;
    }
  }

  #inForce(token: StoredToken | undefined, now: number): StoredToken | null {
    if (token === undefined) return null;
    return token.expiresAt === null || token.expiresAt > now ? token : null;
  }

  #read(): ReadonlyMap<string, StoredToken> {
    let signature = '';
    try {
      const { mtimeMs, size, ino } = statSync(this.#path);
      signature = `${ino}/${mtimeMs}/${size}`;
      if (signature === this.#signature) return this.#byHash;
      const { tokens } = tokenFile.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
      this.#byHash = new Map(tokens.map((token) => [token.hash, token]));
      this.#signature = signature;
      this.#fault = '';
    } catch (error) {
      const { code = '', syscall } = error as NodeJS.ErrnoException;
      this.#byHash = new Map();
      // What is damaged stays so until the file changes; what the system refused (EACCES, EMFILE) may be readable the next time.
      this.#signature = syscall === undefined ? signature : '';
      const fault = code === 'ENOENT' ? '' : `${signature} ${code}`;
      if (fault !== '' && fault !== this.#fault) this.#onBroken(error);
      this.#fault = fault;
    }
    return this.#byHash;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
