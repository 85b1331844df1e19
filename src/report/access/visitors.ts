import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback } from '../../process/loopback.ts';
import type { AccessOptions } from './access-options.ts';
import { isFromHere } from './origin.ts';
import { localToken } from './private-file.ts';
import type { GrantedRole, Visitor } from './role.ts';
import { Tokens } from './tokens.ts';

/** `wrong-token`: an invalid token is refused, even where none is needed. */
export type Recognized = Visitor | null | 'wrong-token';

/** Identifies the sender of a request: by bearer token, session cookie, or origin on this machine. */
export class Visitors {
  readonly tokens: Tokens;
  readonly #sessions = new Sessions();
  readonly #options: AccessOptions;
  readonly #localToken: string;
  /** Another site's page cannot read it, and so cannot send it. */
  readonly #localCsrf = randomBytes(32).toString('base64url');
  readonly #isSecure: boolean;
  readonly #cookie: string;

  constructor(options: AccessOptions) {
    const { dataDir, log, publicUrl } = options;
    this.#options = options;
    this.tokens = new Tokens(dataDir, (error) =>
      log.error('The token file cannot be read; all tokens are rejected', { error }),
    );
    this.#localToken = localToken(dataDir, log);
    this.#isSecure = publicUrl?.startsWith('https:') ?? false;
    this.#cookie = this.cookieName('gatehouse');
  }

  /** With `__Host-` browsers take it over TLS only, and from no neighbor in the domain (RFC 6265bis). */
  cookieName(name: string): string {
    return this.#isSecure ? `__Host-${name}` : name;
  }

  recognize(request: FastifyRequest): Recognized {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.#byToken(request, authorization);
    return this.#bySession(request) ?? this.#byPlace(request);
  }

  /** Opens a session and sets its cookie; one that was open in this browser ends. */
  signIn(
    request: FastifyRequest,
    reply: FastifyReply,
    {
      name,
      role,
      subject,
      tokenId,
      endsAt,
    }: Pick<Visitor, 'name' | 'role' | 'subject'> & { tokenId: string | null; endsAt?: number | null },
  ): void {
    this.signOut(request, reply);
    const longest = this.#now() + this.#options.sessionMs;
    const session = {
      ...{ name, role, tokenId, endsAt: Math.min(longest, endsAt ?? longest) },
      ...(subject === undefined ? {} : { subject }),
    };
    void reply.setCookie(this.#cookie, this.#sessions.open(session), this.cookieSettings('strict'));
  }

  signOut(request: FastifyRequest, reply: FastifyReply): void {
    const id = request.cookies[this.#cookie];
    if (id !== undefined) this.#sessions.close(id);
    void reply.clearCookie(this.#cookie, this.cookieSettings('strict'));
  }

  /** `lax` is for what must come along when the identity provider sends the browser back. */
  cookieSettings(sameSite: 'strict' | 'lax') {
    return { path: '/', httpOnly: true, sameSite, secure: this.#isSecure } as const;
  }

  #byToken(request: FastifyRequest, authorization: string): Recognized {
    const text = /^Bearer ([\w.~+/=-]{1,200})$/i.exec(authorization)?.[1];
    if (text === undefined) return 'wrong-token';
    if (isLoopback(request.socket.remoteAddress) && equal(text, this.#localToken))
      return { name: 'a command on this machine', role: 'admin', how: 'token', csrf: null };
    const token = this.tokens.find(text, this.#now());
    return token === null ? 'wrong-token' : { name: token.name, role: token.role, how: 'token', csrf: null };
  }

  #bySession(request: FastifyRequest): Visitor | null {
    const id = request.cookies[this.#cookie];
    const session = id === undefined ? null : this.#sessions.find(id, this.#now());
    if (id === undefined || session === null) return null;
    const { name, tokenId, csrf, subject } = session;
    if (tokenId === null)
      return {
        name,
        role: session.role,
        how: 'session',
        csrf,
        ...(subject === undefined ? {} : { subject }),
      };
    const token = this.tokens.byId(tokenId, this.#now());
    if (token !== null) return { name, role: token.role, how: 'session', csrf };
    this.#sessions.close(id);
    return null;
  }

  #byPlace(request: FastifyRequest): Visitor | null {
    if (this.#options.mode !== 'local' || !isFromHere(request)) return null;
    return { name: 'somebody on this machine', role: 'viewer', how: 'local', csrf: this.#localCsrf };
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }
}

/** Compares secrets in constant time. */
export function equal(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

export interface Session {
  readonly name: string;
  readonly role: GrantedRole;
  /** `sub` of the identity provider; left out: a token opened it. */
  readonly subject?: string;
  /** Id of the token that opened it; null: an identity provider did. */
  readonly tokenId: string | null;
  readonly csrf: string;
  /** Epoch ms. */
  readonly endsAt: number;
}

/** Beyond it the oldest are signed out. */
const mostSessions = 1000;

/** Who is signed in, in memory: after a restart people sign in again. Ids are 256 random bits. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  /** Returns the id for the cookie. */
  open(wanted: Omit<Session, 'csrf'>): string {
    const id = randomBytes(32).toString('base64url');
    this.#sessions.set(id, { ...wanted, csrf: randomBytes(32).toString('base64url') });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= mostSessions) break;
      this.#sessions.delete(oldest);
    }
    return id;
  }

  find(id: string, now: number): Session | null {
    const session = this.#sessions.get(id);
    if (session === undefined) return null;
    if (session.endsAt > now) return session;
    this.#sessions.delete(id);
    return null;
  }

  close(id: string): void {
    this.#sessions.delete(id);
  }
}
