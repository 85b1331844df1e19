import type { Log } from '../log/log.ts';
import { isRegion, toE164 } from '../numbers/phone-number.ts';
import type { DialedNumber, DialedNumbers } from '../screening/ports.ts';
import { later, NoteCollector } from './note-collector.ts';
import { isUnfinished, isWholeNote, noteField, noteTime, type SpoolFile } from './spool-file.ts';

// `~` stands in no name of a bypass note, which lies in the same folder.
const nameForm = /^dialed~\d{13}~([A-Za-z0-9][A-Za-z0-9._:-]{0,150})$/;

export interface DialedNotesOptions {
  /** Where the dialplan writes (GATEHOUSE_SPOOL). */
  readonly dir: string;
  /** How long a number that was dialed may call back. 0: never; the notes are only removed. */
  readonly forMs: number;
  /** ISO 3166, of the policy in force. */
  readonly defaultRegion: () => string;
  readonly numbers: DialedNumbers;
  readonly log: Log;
}

/** Lets the numbers that our people dial call back: the outbound dialplan leaves a note for each. They wait while the store is away. */
export function dialedNotes(options: DialedNotesOptions): NoteCollector {
  const { dir, forMs, defaultRegion, numbers, log } = options;
  return new NoteCollector({
    ...{ dir, nameForm, log },
    what: 'notes of dialed numbers',
    async take(note) {
      if (isUnfinished(note.text, note.ageMs)) return later;
      const dialed = dialedByNote(note, forMs, defaultRegion());
      if (dialed === null || dialed.until <= Date.now()) return { remove: true };
      const isKept = await numbers.remember([dialed]);
      // The store is away: the rest can wait where it is.
      return { remove: isKept, stop: !isKept };
    },
  });
}

// Whole calls to short numbers: what they are is told here, because only the rules know which are for emergencies.
const shortForm = /^short~\d{13}~([A-Za-z0-9][A-Za-z0-9._:-]{0,150})$/;

export interface EmergencyNotesOptions {
  /** Where the dialplan writes (GATEHOUSE_SPOOL). */
  readonly dir: string;
  /** Of a number as it was dialed, by the policy in force. */
  readonly isEmergency: (dialed: string) => boolean;
  /** @param at epoch ms. False: to be told again, because the other nodes do not know it yet. Never rejects. */
  readonly dialed: (at: number) => Promise<boolean>;
  readonly log: Log;
}

/** Tells that somebody dialed an emergency number: calls of unknown numbers may be about it. Other short numbers are nothing. */
export function emergencyNotes({ dir, isEmergency, dialed, log }: EmergencyNotesOptions): NoteCollector {
  return new NoteCollector({
    ...{ dir, nameForm: shortForm, log },
    what: 'notes of dialed short numbers',
    async take({ text, writtenAt, ageMs }) {
      if (isUnfinished(text, ageMs)) return later;
      if (!isWholeNote(text) || !isEmergency(noteField(text, 'to'))) return { remove: true };
      return { remove: await dialed(noteTime(text, writtenAt)) };
    },
  });
}

/**
 * What a note of dialplan/gatehouse-outbound.conf says: `v=1,at=<epoch ms>,to=<digits>,end=1`. Null when nothing in it is of
 * use: not whole, no public number. Never throws.
 */
export function dialedByNote(
  note: Pick<SpoolFile, 'text' | 'writtenAt'>,
  forMs: number,
  defaultRegion: string,
): DialedNumber | null {
  const { text, writtenAt } = note;
  if (!isWholeNote(text)) return null;
  const number = toE164(noteField(text, 'to'), isRegion(defaultRegion) ? defaultRegion : 'US');
  return number === null ? null : { number, until: noteTime(text, writtenAt) + forMs };
}
