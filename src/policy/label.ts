import type { Listed } from './conditions/condition.ts';
import type { CallFacts, NoNumberReason } from './facts.ts';
import { firstCodePoints } from './phone-number.ts';

/** What the operator's phone shows: longer names are cut by phones, and by the dialplan's 79 bytes. */
const maxCodePoints = 60;

export const placeholders = ['name', 'caller-name', 'number'] as const;

const noNumber: Record<NoNumberReason, string> = {
  withheld: 'withheld',
  unavailable: 'no number',
  malformed: 'malformed number',
};

/** Placeholders of a template, known or not. */
export function placeholdersOf(template: string): string[] {
  return Array.from(template.matchAll(/\{([^{}]*)\}/g), ([, name]) => name ?? '');
}

/**
 * `{name}`: name of the caller's list row, or of the list; `{caller-name}`: display name, or else the number;
 * `{number}`: E.164, or why there is none. What callers wrote is put in once and never read as a template.
 * At most 60 code points, without control characters.
 */
export function expandLabel(template: string, facts: CallFacts, listed: Listed | null): string {
  const { number, reason, displayName } = facts.caller;
  const shownNumber = number ?? noNumber[reason ?? 'unavailable'];
  const expanded = template.replace(/\{([^{}]*)\}/g, (_whole, name: string) => {
    if (name === 'name') return listed ? (listed.name ?? listed.list) : '';
    if (name === 'number') return shownNumber;
    return oneLine(displayName) || shownNumber;
  });
  return firstCodePoints(oneLine(expanded), maxCodePoints);
}

/** Control characters, and those that turn the direction of writing round, could make a label show another. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}
