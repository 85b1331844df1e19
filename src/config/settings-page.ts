import type { Setting } from '../process/setting.ts';
import { settings } from './read-setting.ts';

/** The table of docs/settings.md, in Markdown. */
export function settingsTable(): string {
  const rows = Object.entries<Setting>(settings).flatMap(([name, { fallback, allowed, about, file }]) => [
    row(name, fallback, allowed, about),
    ...(file === undefined ? [] : [row(`${name}_FILE`, undefined, 'the path of a file', file)]),
  ]);
  return ['| variable | default | allowed | what for |', '|---|---|---|---|', ...rows].join('\n');
}

function row(name: string, fallback: string | undefined, allowed: string, about: string): string {
  return `| \`${name}\` | ${fallback === undefined ? '' : `\`${fallback}\``} | ${allowed} | ${about} |`;
}
