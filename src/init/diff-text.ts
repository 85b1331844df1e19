import { createTwoFilesPatch } from 'diff';
import type { KeptFile } from './manifest.ts';

const contextLines = 3;

/** A change as a unified diff, with passwords left out. */
export function diffText({ path, before, after }: KeptFile): string {
  const patch = createTwoFilesPatch(
    before === null ? '/dev/null' : path,
    path,
    readable(before ?? ''),
    readable(after),
    undefined,
    undefined,
    { context: contextLines },
  );
  // Its first line is a row of signs.
  return patch.split('\n').slice(1).join('\n');
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
