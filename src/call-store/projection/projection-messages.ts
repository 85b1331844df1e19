import { join } from 'node:path';

/** In the data directory. */
export const databaseFile = 'records.duckdb';
export const socketFile = 'records.sock';

export function recordsSocket(data: string): string {
  return join(data, socketFile);
}

export interface ToProjection {
  readonly redisUrl: string;
  readonly pseudonymKey: string | null;
  /** The data directory. */
  readonly data: string;
  /** How long records are kept (ms). */
  readonly keptMs: number;
}

/** For the log. */
export interface FromProjection {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Record<string, unknown>;
}
