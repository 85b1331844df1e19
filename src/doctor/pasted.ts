import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AsteriskProbe } from './asterisk-probe.ts';

/** What FreePBX leaves to the site in place of the files that it writes. Without `heading` it is in the section already. */
const freePbxFiles: Readonly<Record<string, { readonly file: string; readonly heading: boolean }>> = {
  'http.conf general': { file: 'http_custom.conf', heading: true },
  'ari.conf general': { file: 'ari_general_custom.conf', heading: true },
  'extensions.conf': { file: 'extensions_custom.conf', heading: false },
  'extensions.conf globals': { file: 'globals_custom.conf', heading: false },
};
const reloadPjsip = 'module reload res_pjsip.so';
/** A name that means the same to Asterisk, to a shell and to sed. */
const plainName = /^[\w.@*#+-]+$/;

/** In a line of `addition`: six digits that are drawn when the command is run. */
export const somePin = '<PIN>';
/** Of the site file: every number that may be dialed. */
export const anyNumber = 'exten => _[+0-9A-Za-z*#]!';

/** As one word of a shell. */
export function quoted(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export function onConsole(command: string): string {
  return `asterisk -rx '${command}'`;
}

/**
 * The command that adds lines to the end of a section of one of Asterisk's files, where the last value counts, and reloads.
 * @param section null: as they stand
 * @returns null: this user cannot read the file, or FreePBX keeps it
 */
export async function addition(
  probe: Pick<AsteriskProbe, 'etc' | 'leads'>,
  name: string,
  section: string | null,
  lines: readonly string[],
  reload: string,
): Promise<string | null> {
  if (await isFreePbx(probe)) {
    const own = freePbxFiles[section === null ? name : `${name} ${section}`];
    if (own === undefined) return null;
    const heading = own.heading ? [`[${section}](+)`] : [];
    return appended(join(probe.etc, own.file), [...heading, ...lines], reload);
  }
  const path = join(probe.etc, name);
  if (section === null) return appended(path, lines, reload);
  if (!plainName.test(section)) return null;
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const isThere = hasSection(text, section);
  return appended(path, [`[${section}]${isThere ? '(+)' : ''}`, ...lines], reload);
}

/** The command that sets a global variable of the dialplan for good. */
export function globalSet(
  probe: Pick<AsteriskProbe, 'etc' | 'leads'>,
  name: string,
  value: string,
): Promise<string | null> {
  return addition(probe, 'extensions.conf', 'globals', [`${name} = ${value}`], 'dialplan reload');
}

/** The command that adds `[gatehouse-to-<exit>]` to the site file; null: it is in there, and not in the dialplan for another reason. */
export async function exitAdded(
  probe: Pick<AsteriskProbe, 'etc'>,
  exit: string,
  step: string,
): Promise<string | null> {
  const path = join(probe.etc, 'gatehouse/gatehouse-site.conf');
  const text = await readFile(path, 'utf8').catch((failed: NodeJS.ErrnoException) =>
    failed.code === 'ENOENT' ? '' : null,
  );
  if (text === null || text.includes(`[gatehouse-to-${exit}]`)) return null;
  const lines = [
    `[gatehouse-to-${exit}]`,
    'exten => h,1,Hangup()',
    `${anyNumber},1,${step}`,
    'include => gatehouse-exit',
  ];
  return appended(path, lines, 'dialplan reload');
}

/** The command that sets the same in PJSIP endpoints; null: there are none, or they are in no file that can be added to. */
export async function endpointsSet(
  probe: Pick<AsteriskProbe, 'etc' | 'leads'>,
  names: readonly string[],
  line: string,
): Promise<string | null> {
  const isOwn = await isFreePbx(probe);
  const text = await readFile(join(probe.etc, 'pjsip.conf'), 'utf8').catch(() => '');
  const canAdd = (name: string): boolean => plainName.test(name) && (isOwn || hasSection(text, name));
  if (names.length === 0 || !names.every(canAdd)) return null;
  const path = join(probe.etc, isOwn ? 'pjsip.endpoint_custom_post.conf' : 'pjsip.conf');
  return appended(
    path,
    names.flatMap((name) => [`[${name}](+type=endpoint)`, line]),
    reloadPjsip,
  );
}

/** An empty line first: the file may end within a line. */
function appended(path: string, lines: readonly string[], reload: string): string {
  const words = ['', ...lines].map((line) =>
    `'${line.replaceAll("'", `'\\''`)}'`.replace(somePin, `'"$(shuf -i 100000-999999 -n 1)"'`),
  );
  return `printf '%s\\n' ${words.join(' ')} >> ${quoted(path)} && ${onConsole(reload)}`;
}

function hasSection(text: string, name: string): boolean {
  return text.split('\n').some((line) => line.trimStart().startsWith(`[${name}]`));
}

export function isFreePbx({ leads }: Pick<AsteriskProbe, 'leads'>): Promise<boolean> {
  return leads('macro-hangupcall', 's');
}
