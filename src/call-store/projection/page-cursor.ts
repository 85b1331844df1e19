import type { CallOrder } from '../../call/call-records.ts';
import { type PageEnd, pageEndLength, pageEndOf } from './questions.ts';
import type { SqlRow } from './sql-database.ts';

/** The cursor of a page that ends with this call; safe in a URL. */
export function cursorOf(row: SqlRow, order: CallOrder): string {
  return pageEndOf(row, order)
    .map((part) => part.toString(36))
    .join('.');
}

/** Null when it is none of ours, or of another order. */
export function endOfCursor(cursor: string, order: CallOrder): PageEnd | null {
  if (!/^[0-9a-z]{1,10}(\.[0-9a-z]{1,10}){3,4}$/.test(cursor)) return null;
  const parts = cursor.split('.').map((part) => Number.parseInt(part, 36));
  return parts.length === pageEndLength(order) ? parts : null;
}
