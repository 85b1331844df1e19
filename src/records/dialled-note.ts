import { isRegion, toE164 } from '../policy/phone-number.ts';
import { isWholeNote } from './bypass-note.ts';
import type { SpoolFile } from './spool-folder.ts';

/** A number that our people dialled, and until when it may call back. */
export interface DialledNumber {
  /** E.164. */
  readonly number: string;
  /** Epoch ms. */
  readonly until: number;
}

/**
 * What a note of dialplan/gatehouse-outbound.conf says: `v=1,at=<epoch ms>,to=<digits>,end=1`. Null when it says nothing
 * that can be used: not whole, no public number. Never throws; a time after that of the file is not believed.
 */
export function dialledByNote(note: SpoolFile, forMs: number, defaultRegion: string): DialledNumber | null {
  if (!isWholeNote(note.text)) return null;
  const fields = note.text.trim().split(',');
  const field = (key: string) =>
    fields.find((part) => part.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
  const number = toE164(field('to'), isRegion(defaultRegion) ? defaultRegion : 'US');
  const at = /^\d{13}$/.test(field('at')) ? Number(field('at')) : Number.POSITIVE_INFINITY;
  return number === null ? null : { number, until: Math.floor(Math.min(at, note.writtenAt)) + forMs };
}
