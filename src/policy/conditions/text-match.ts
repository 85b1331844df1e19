import { RE2JS } from 're2js';
import type { z } from 'zod';
import type { TextAsked } from '../logic/logic.ts';
import { mapping, oneOrMore, text, twoLines } from '../yaml/schema-words.ts';
import type { CompileContext } from './condition.ts';

const plain = text('the text', /^.{1,120}$/, 'write 1 to 120 characters on one line');
const expression = text('the regular expression', /^.{1,200}$/, 'write 1 to 200 characters on one line');

/** Capital and small letters are the same in all three. */
export const textMatch = mapping('a text condition', {
  equals: oneOrMore(plain).optional(),
  contains: oneOrMore(plain).optional(),
  matches: oneOrMore(expression).optional(),
}).refine((value) => Object.keys(value).length > 0, {
  error: twoLines('the text condition is empty', 'write equals, contains or matches'),
});

type TextMatch = z.output<typeof textMatch>;

/** An RE2 program above this is a mistake, and slow to run on every call. */
const maxProgramSize = 2000;

/**
 * True when any of the given texts or expressions fits. Callers write these texts, so expressions run on RE2, in time
 * linear in the text.
 */
export function compileTextMatch(
  asked: TextAsked,
  context: Pick<CompileContext, 'refuse'>,
): (text: string) => boolean {
  const equals = new Set((asked.equals ?? []).map(folded));
  const contains = (asked.contains ?? []).map(folded);
  const expressions = (asked.matches ?? []).flatMap((source, index) => {
    const compiled = compileExpression(source);
    if (compiled instanceof RE2JS) return [compiled];
    context.refuse(
      ['matches', index],
      `the regular expression cannot be used: ${compiled}`,
      'use RE2 syntax (no look-around, no back-references), and single quotes around it',
      'bad-expression',
    );
    return [];
  });
  const asksFolded = equals.size > 0 || contains.length > 0;
  return (text) => {
    if (expressions.some((one) => one.test(text))) return true;
    if (!asksFolded) return false;
    const value = foldedOnce(text);
    return equals.has(value) || contains.some((part) => value.includes(part));
  };
}

export function describeTextMatch({ equals, contains, matches }: TextMatch): string {
  const parts = [
    ...(equals ?? []).map((part) => `equals "${part}"`),
    ...(contains ?? []).map((part) => `contains "${part}"`),
    ...(matches ?? []).map((part) => `matches /${part}/`),
  ];
  return parts.join(' or ');
}

function compileExpression(source: string): RE2JS | string {
  try {
    const compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    return compiled.programSize() > maxProgramSize ? 'it is too large' : compiled;
  } catch (error) {
    return error instanceof Error ? error.message.replace('(?i)', '') : 'not valid';
  }
}

/** Capital and small letters, and the many widths of letters, made one (NFKC). */
export function folded(value: string): string {
  return onlyAscii.test(value) ? value.toLowerCase() : value.normalize('NFKC').toLowerCase();
}

const onlyAscii = /^[\x00-\x7f]*$/;
let last = { text: '', folded: '' };

/** Several conditions of one decision look at the same name. */
function foldedOnce(text: string): string {
  if (last.text !== text) last = { text, folded: folded(text) };
  return last.folded;
}
