import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessOptions } from './access-options.ts';
import type { AuditEntry, AuditEvent } from './audit-log.ts';
import type { Visitors } from './visitors.ts';

/** Writes to the audit log; never rejects. `who` when the request's visitor is not known yet. */
export type Note = (
  request: FastifyRequest,
  event: AuditEvent,
  more?: Pick<AuditEntry, 'calls' | 'numbers' | 'detail' | 'subject'> & { readonly who?: string },
) => Promise<void>;

export interface LoginParts {
  readonly options: AccessOptions;
  readonly visitors: Visitors;
  readonly note: Note;
  /** Counts failures to sign in by address. */
  readonly failures: ReturnType<FastifyInstance['createRateLimit']>;
}
