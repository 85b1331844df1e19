import type { FastifyRequest } from 'fastify';
import { includesRole } from '../../access/role.ts';

/** Somebody who may do something about callers: at least an analyst. */
export interface Actor {
  /** Hostile. */
  readonly who: string;
  /** To be sent back by forms; null: nothing. */
  readonly csrf: string | null;
  /** May change lists. */
  readonly isAdmin: boolean;
}

/** Null: may only look. */
export function actorOf({ visitor }: FastifyRequest): Actor | null {
  if (visitor === null || visitor === undefined || !includesRole(visitor.role, 'analyst')) return null;
  const { name, csrf, role } = visitor;
  return { who: name, csrf, isAdmin: includesRole(role, 'admin') };
}
