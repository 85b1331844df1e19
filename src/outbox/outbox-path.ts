import { join } from 'node:path';

/** Where outcomes wait for Redis, below GATEHOUSE_DATA. */
export function outboxPath(dataDir: string): string {
  return join(dataDir, 'outbox.sqlite');
}
