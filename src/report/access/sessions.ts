import { randomBytes } from 'node:crypto';
import type { GrantedRole } from './role.ts';

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
