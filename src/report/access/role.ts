import type {} from 'fastify';

/**
 * Who may ask for a route. `public`: everybody, so it tells nothing. `viewer` sees numbers masked, `analyst` sees them
 * whole and every look is written down, `admin` also reloads the rules.
 */
export const roles = ['public', 'viewer', 'analyst', 'admin'] as const;
export type Role = (typeof roles)[number];
/** What a person or a program can be given. */
export type GrantedRole = Exclude<Role, 'public'>;
export const grantedRoles = ['viewer', 'analyst', 'admin'] as const satisfies readonly GrantedRole[];

/** Who sent a request. */
export interface Visitor {
  /** Name of the token, or what the identity provider calls the person; hostile. */
  readonly name: string;
  readonly role: GrantedRole;
  /** What the identity provider knows the person by (`sub`); left out: a token, or a place. Hostile. */
  readonly subject?: string;
  /** `local`: nobody in particular, on this machine. */
  readonly how: 'local' | 'token' | 'session';
  /** To be sent back in the form field `_csrf` or the header `x-csrf-token` by whatever changes something; null: needs none. */
  readonly csrf: string | null;
}

/** True when `role` includes what `wanted` may do. */
export function includesRole(role: Role, wanted: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(wanted);
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route must say it; a route that does not is refused at start. */
    role?: Role;
  }
  interface FastifyRequest {
    /** Null on public routes that nobody signed in for. */
    visitor: Visitor | null;
  }
}
