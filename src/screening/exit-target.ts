import type { Exit } from '../call/outcome.ts';
import type { BypassReason } from '../call/vocabulary.ts';
import { visibleText } from '../text/visible-text.ts';
import type { DialplanTarget } from './ports.ts';

/** Asterisk's AST_MAX_EXTENSION is 80 bytes with the final zero. */
const longestExtension = 79;

/** Where a call goes on: as decided, or round the screener to the operators. */
export type WayOut =
  | { readonly exit: Exclude<Exit, { kind: 'none' }> }
  | { readonly bypass: BypassReason; readonly detail: string };

/**
 * The place in the dialplan for a way out; must agree with `dialplan/gatehouse.conf`.
 *
 * - connect: `gatehouse-connect`, `<exit>=<label>`, the label UTF-8 with percent-encoded ASCII, whole characters, `''` for none
 * - voicemail: `gatehouse-voicemail`, `<box>`; - reject: `gatehouse-reject`, `<SIP code>`
 * - bypass: `gatehouse-release`, `<reason>`; the dialplan writes no note there, the app records it
 *
 * Never throws: an exit, box or code that cannot be a dialplan name becomes `operators`, `default`, `603`.
 */
export function dialplanTarget(way: WayOut): DialplanTarget {
  if ('bypass' in way) return { context: 'gatehouse-release', extension: way.bypass };
  const { exit } = way;
  switch (exit.kind) {
    case 'connect':
      return { context: 'gatehouse-connect', extension: connectExtension(exit.exit, exit.label ?? '') };
    case 'voicemail': {
      const box = /^[0-9A-Za-z*#][0-9A-Za-z*#_.@-]{0,39}$/.test(exit.box) ? exit.box : 'default';
      return { context: 'gatehouse-voicemail', extension: box };
    }
    case 'reject': {
      const sip = Number.isInteger(exit.sip) && exit.sip >= 400 && exit.sip <= 699 ? exit.sip : 603;
      return { context: 'gatehouse-reject', extension: String(sip) };
    }
  }
}

/** A label without what a phone's display must not be given. */
export function cleanLabel(label: string): string {
  return visibleText(label.toWellFormed(), 'drop').trim();
}

function connectExtension(exit: string, label: string): string {
  let extension = `${/^[a-z0-9][a-z0-9-]{0,19}$/.test(exit) ? exit : 'operators'}=`;
  for (const { segment } of characters.segment(cleanLabel(label))) {
    const encoded = percentEncoded(segment);
    if (Buffer.byteLength(extension) + Buffer.byteLength(encoded) > longestExtension) break;
    extension += encoded;
  }
  return extension;
}

/** What people take for one character: a letter with its accents, an emoji with its joiners. */
const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** ASCII that may mean something to the dialplan. What is beyond ASCII means nothing there, and encoded it would take three times the room. */
function percentEncoded(character: string): string {
  return character.replace(/[\x00-\x7f]/g, (mark) =>
    /[A-Za-z0-9_.-]/.test(mark) ? mark : `%${mark.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
