import { type CallFacts, listedNumber } from '../../call/facts.ts';
import type { NoNumberReason } from '../../call/vocabulary.ts';
import { firstCodePoints } from '../../numbers/phone-number.ts';
import { visibleText } from '../../text/visible-text.ts';
import type { Listed } from '../logic/answer.ts';

/** What the operator's phone shows: longer names are cut by phones, and by the dialplan's 79 bytes. */
const maxCodePoints = 60;

export const placeholders = ['name', 'caller-name', 'number'] as const;

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
 * `{name}`: name of the caller's list row, or of the list; `{caller-name}`: display name, or else the number;
 * `{number}`: E.164, or why there is none. What callers wrote is put in once and never read as a template.
 * The label has at most 60 code points, and no control characters.
 */
export function compileLabel(template: string): (facts: CallFacts, listed: Listed | null) => string {
  // Odd parts are the names of placeholders.
  const parts = template.split(/\{([^{}]*)\}/);
  return (facts, listed) => {
    let label = '';
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] ?? '';
      label += i % 2 === 0 ? part : wordsFor(part, facts, listed);
    }
    return firstCodePoints(visibleText(label, 'space'), maxCodePoints);
  };
}

function wordsFor(placeholder: string, { caller }: CallFacts, listed: Listed | null): string {
  if (placeholder === 'name') return listed ? (listed.name ?? listed.list) : '';
  const number = listedNumber(caller) ?? noNumber[caller.reason ?? 'unavailable'];
  return placeholder === 'number' ? number : visibleText(caller.displayName, 'space') || number;
}
