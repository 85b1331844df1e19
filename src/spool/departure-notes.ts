import type { RealExit, RealPlace } from '../call/disposition.ts';
import { unaccountedOutcome } from '../call/outcome.ts';
import type { TrunkReader } from '../call/trunk.ts';
import type { Log } from '../log/log.ts';
import { callFactsFromEntry } from '../screening/entry/call-facts.ts';
import { parseEntryArgs } from '../screening/entry/entry-args.ts';
import type { OutcomeLog } from '../screening/ports.ts';
import { later, NoteCollector } from './note-collector.ts';
import { isUnfinished, isWholeNote, noteField, noteTime } from './spool-file.ts';

/** A call that is still unknown by then has no record: its process died before the disk took one. */
const unknownMs = 600_000;
const longestAsked = 80;
// `~` stands in no name of a bypass note, which lies in the same folder.
const nameForm = /^left~([A-Za-z0-9][A-Za-z0-9._:-]{0,150})$/;
const boxForm = /^[0-9A-Za-z*#][0-9A-Za-z*#_.@-]{0,79}$/;

/** Where departures are kept: the outbox. */
export interface RealExits extends OutcomeLog {
  /**
   * `kept`: on disk, the note may go. `held`: in memory only. `open`: its end is still to come. `unknown`: no such call.
   * A later word replaces what was kept before. Never throws.
   */
  leftFor(callId: string, realExit: RealExit): 'kept' | 'held' | 'open' | 'unknown';
}

export interface DepartureNotesOptions {
  /** Where the dialplan writes (GATEHOUSE_SPOOL). */
  readonly dir: string;
  readonly node: string;
  readonly trunkOf: TrunkReader;
  readonly outcomes: RealExits;
  readonly log: Log;
}

/**
 * Takes in what the dialplan says of calls whose departure the application could not see, or whose exit led nowhere: a note
 * each, `left~<unique id>`.
 */
export function departureNotes(options: DepartureNotesOptions): NoteCollector {
  const { dir, node, trunkOf, outcomes, log } = options;

  const keep = (callId: string, uniqueId: string, realExit: RealExit, ageMs: number): boolean => {
    let kept = outcomes.leftFor(callId, realExit);
    if (kept === 'unknown' && ageMs >= unknownMs) {
      const context = { node, trunkOf, channelId: uniqueId, receivedAt: realExit.at };
      const facts = callFactsFromEntry(parseEntryArgs([`uid=${uniqueId}`]), context);
      outcomes.end(unaccountedOutcome(facts, node, realExit.at), 0);
      kept = outcomes.leftFor(callId, realExit);
    }
    if (kept === 'kept') log.info('Call went elsewhere', { callId, to: realExit.to.kind, why: realExit.why });
    return kept === 'kept';
  };

  return new NoteCollector({
    ...{ dir, nameForm, log },
    what: 'departure notes',
    take({ uniqueId, whole, writtenAt, ageMs }) {
      const line = lastWholeLine(whole);
      if (isUnfinished(line, ageMs)) return later;
      const callId = `${node}/${uniqueId}`;
      const realExit = realExitOfNote(line, writtenAt);
      if (realExit !== null) return { remove: keep(callId, uniqueId, realExit, ageMs) };
      log.warn('Departure note without usable content', { callId });
      return { remove: true };
    },
  });
}

/** The last line that the dialplan finished replaces those before it. Empty: there is none. */
function lastWholeLine(text: string): string {
  return text.split('\n').findLast(isWholeNote) ?? '';
}

/**
 * What a departure note of dialplan/gatehouse.conf says:
 * `v=1,uid=…,at=<epoch ms>,exit=<context and extension as asked>,to=<place>,why=<word>,end=1`, values URI-encoded.
 * Null when nothing in it is of use. Never throws.
 */
export function realExitOfNote(line: string, writtenAt: number): RealExit | null {
  if (!isWholeNote(line)) return null;
  const to = placeOf(decoded(noteField(line, 'to')));
  if (to === null) return null;
  const why = decoded(noteField(line, 'why'));
  return {
    at: noteTime(line, writtenAt),
    asked: askedOf(decoded(noteField(line, 'exit'))),
    to,
    why: /^[a-z][a-z0-9-]{0,39}$/.test(why) ? why : 'other',
  };
}

function placeOf(text: string): RealPlace | null {
  if (text === 'operators' || text === 'rejected' || text === 'nowhere') return { kind: text };
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(text)) return { kind: 'operators', exit: text };
  const [, box = ''] = /^voicemail:(.*)$/s.exec(text) ?? [];
  return boxForm.test(box) ? { kind: 'voicemail', box } : null;
}

/** Without the label behind `=`, which may be the caller's name. */
function askedOf(text: string): string {
  const [place = ''] = text.split('=');
  return place.replace(/[^0-9A-Za-z*#_.@,-]/g, '').slice(0, longestAsked);
}

/** Values are encoded twice, like those of the facts. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(decodeURIComponent(value));
  } catch {
    return value;
  }
}
