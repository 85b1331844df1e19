import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessOptions } from './access-options.ts';
import type { AuditEvent } from './audit-log.ts';
import type { Visitors } from './visitors.ts';

/** Writes to the audit log; never rejects. `who` when the request's visitor is not known yet. */
export type Note = (
  request: FastifyRequest,
  event: AuditEvent,
  more?: { readonly who?: string; readonly detail?: string },
) => Promise<void>;

export interface LoginParts {
  readonly options: AccessOptions;
  readonly visitors: Visitors;
  readonly note: Note;
  /** Counts failures to sign in by address. */
  readonly failures: ReturnType<FastifyInstance['createRateLimit']>;
}
