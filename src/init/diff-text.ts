import { createTwoFilesPatch } from 'diff';
import { rawText } from './asterisk.ts';
import type { Change } from './change.ts';

const contextLines = 3;

/** A change as a unified diff, with passwords left out. */
export function diffText({ path, before, after, copyOf, madeOf }: Change): string {
  if (copyOf !== undefined)
    return `--- ${before === null ? '/dev/null' : path}\n+++ ${path}\n  a copy of ${copyOf}\n`;
  const template = before === null && madeOf !== undefined ? madeOf : null;
  const patch = createTwoFilesPatch(
    template ?? (before === null ? '/dev/null' : path),
    path,
    readable(before ?? (template === null ? '' : (rawText(template) ?? ''))),
    readable(after),
    undefined,
    undefined,
    { context: contextLines },
  );
  // Above is a row of signs.
  return patch.slice(patch.indexOf('--- '));
}

function readable(text: string): string {
  return Buffer.from(text, 'latin1').toString();
}

/** Lines of passwords and PINs as they may be shown. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((shown, secret) => shown.replaceAll(secret, '********'), text);
}
