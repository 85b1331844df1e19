import { type CallFacts, listedNumber } from '../../call/facts.ts';
import type { NoNumberReason } from '../../call/vocabulary.ts';
import { firstCodePoints } from '../../numbers/phone-number.ts';
import { visibleText } from '../../text/visible-text.ts';
import type { Listed } from '../logic/answer.ts';
import type { NumberList } from '../number-list.ts';

/** What the operator's phone shows: longer names are cut by phones, and by the dialplan's 79 bytes. */
const maxCodePoints = 60;

export const placeholders = [
  'name',
  'list',
  'caller-name',
  'number',
  'called-name',
  'called-list',
  'called-number',
  'trunk',
] as const;
/** Told by the list that has the caller, and by the one that has the called number. */
export const ofCallerList: readonly string[] = ['name', 'list'];
export const ofCalledList: readonly string[] = ['called-name', 'called-list'];

const noNumber: Record<NoNumberReason, string> = {
  withheld: 'withheld',
  unavailable: 'no number',
  malformed: 'malformed number',
  'short-code': 'short code',
};

/** Placeholders of a template, known or not. */
export function placeholdersOf(template: string): string[] {
  return Array.from(template.matchAll(/\{([^{}]*)\}/g), ([, name]) => name ?? '');
}

/**
 * `{name}`: name of the caller's list row, or of the list; `{list}`: the list; `{called-name}`, `{called-list}`: the same of the
 * called number; `{caller-name}`: display name, or else the number; `{number}`: E.164, or why there is none. What callers wrote is put in once and never read as a template.
 * The label has at most 60 code points, and no control characters.
 * @param calledLists lists of called numbers that the rule asks for
 */
export function compileLabel(
  template: string,
  calledLists: readonly NumberList[],
): (facts: CallFacts, listed: Listed | null) => string {
  // Odd parts are the names of placeholders.
  const parts = template.split(/\{([^{}]*)\}/);
  return (facts, listed) => {
    let label = '';
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] ?? '';
      label += i % 2 === 0 ? part : wordsFor(part, facts, listed, calledLists);
    }
    return firstCodePoints(visibleText(label, 'space'), maxCodePoints);
  };
}

function wordsFor(
  placeholder: string,
  { caller, called, trunk, now }: CallFacts,
  listed: Listed | null,
  calledLists: readonly NumberList[],
): string {
  const number = listedNumber(caller) ?? noNumber[caller.reason ?? 'unavailable'];
  switch (placeholder) {
    case 'name':
      return listed ? (listed.name ?? listed.list) : '';
    case 'list':
      return listed?.list ?? '';
    case 'called-name':
    case 'called-list': {
      for (const list of calledLists) {
        const row = called.number === null ? null : list.find(called.number, now);
        if (row !== null) return (placeholder === 'called-name' && row.name) || list.id;
      }
      return '';
    }
    case 'called-number':
      return called.number ?? visibleText(called.raw, 'space');
    case 'trunk':
      return visibleText(trunk, 'space');
    case 'number':
      return number;
    default:
      return visibleText(caller.displayName, 'space') || number;
  }
}
