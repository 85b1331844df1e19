import type { FastifyRequest } from 'fastify';
import type { FollowUps } from '../../../call/staff/follow-ups.ts';
import { includesRole } from '../../access/role.ts';

/** A call that staff expect; times in epoch ms. */
export interface Expectation {
  /** E.164, or what stands for a number in the records. */
  readonly caller: string;
  /** E.164 of the number of ours; null: any. */
  readonly called: string | null;
  readonly until: number;
  readonly why: string;
}

/** What staff do for callers who were perhaps harmed. Every method rejects when Redis does. */
export interface ImpactWork {
  readonly followUps: FollowUps;
  readonly expected: {
    /** Those that are not over. */
    list(now: number): Promise<readonly Expectation[]>;
    /** In place of the one before at the same number. */
    add(call: Expectation, now: number): Promise<void>;
    /** False when there was none. */
    remove(caller: string, called: string | null): Promise<boolean>;
  };
}

/** Somebody who may do it. */
export interface Worker {
  /** Hostile. */
  readonly who: string;
  /** To be sent back by forms; null: nothing. */
  readonly csrf: string | null;
}

/** Null: may only look. */
export function workerOf({ visitor }: FastifyRequest): Worker | null {
  if (visitor === null || visitor === undefined || !includesRole(visitor.role, 'analyst')) return null;
  return { who: visitor.name, csrf: visitor.csrf };
}
