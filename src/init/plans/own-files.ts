import { join } from 'node:path';
import { isMap, isScalar, type Node, parseDocument, type YAMLMap } from 'yaml';
import { rawText } from '../asterisk.ts';
import { bytesOf, type Plan } from '../edit.ts';
import type { Ground } from '../ground.ts';
import { ariUrl } from './asterisk-files.ts';
import { spoolOf } from './dialplan.ts';
import { redisUrl } from './redis.ts';
import { withTakenList } from './taken-list.ts';

/** Numbers that nobody has: 555-0100 to 555-0199, in which the shipped rules are written. */
const fictitious = /^\+1\D*\d{3}\D*555\D*01\d\d/;
const usualUrl = 'http://127.0.0.1:8088';
const usualSpool = '/var/spool/asterisk/gatehouse';

/** Gatehouse's settings and the password of ARI. */
export function settingsPlan(ground: Ground): Pick<Plan, 'edits' | 'steps'> {
  const { places, secrets } = ground;
  const now = rawText(places.env) ?? rawText(join(places.program, 'deploy/gatehouse.env.example')) ?? '';
  const spool = spoolOf(ground);
  const redis = redisUrl(ground);
  const wanted: readonly (readonly [name: string, value: string, usual: string | null])[] = [
    ['GATEHOUSE_ARI_URL', ariUrlOf(ground), usualUrl],
    ['GATEHOUSE_ARI_USER', secrets.ariUser, null],
    ...(redis === null ? [] : [['GATEHOUSE_REDIS_URL', redis, null] as const]),
    ['GATEHOUSE_SPOOL', spool, usualSpool],
    ['GATEHOUSE_RULES', places.rules, null],
  ];
  const env = wanted.reduce((text, [name, value, usual]) => withSetting(text, name, value, usual), now);
  const own = { stage: 'files', how: 'whole' } as const;
  return {
    edits: [
      { ...own, like: 'gatehouse', path: places.env, after: env },
      { ...own, like: 'root', path: places.password, after: `${secrets.ariPassword}\n`, secret: true },
    ],
    steps: [],
  };
}

/** Where Gatehouse reaches ARI: as the settings say, else as http.conf does. */
export function ariUrlOf(ground: Ground): string {
  const set = /^GATEHOUSE_ARI_URL=(.*)$/m.exec(rawText(ground.places.env) ?? '')?.[1]?.trim();
  return set && set !== usualUrl ? set : ariUrl(ground);
}

/** A line of an environment file; a value that is the default needs none. */
function withSetting(text: string, name: string, value: string, usual: string | null): string {
  const line = new RegExp(`^${name}=(.*)$`, 'm');
  const now = line.exec(text)?.[1];
  if (now === value || (now === undefined && value === usual)) return text;
  if (now !== undefined) return text.replace(line, () => `${name}=${value}`);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name}=${value}\n`;
}

/** The rules still have the numbers of the example, and nobody has made them those of the site. */
export function areExampleRules(rules: string): boolean {
  const own = settingsIn(rules)?.get('own-numbers');
  return typeof own === 'string' && fictitious.test(own);
}

/** The mailbox that the rules name; null: none. */
export function voicemailBoxOf(rules: string): string | null {
  const box = settingsIn(rules)?.get('voicemail-box');
  return box === undefined ? null : String(box);
}

function settingsIn(rules: string): YAMLMap | null {
  return settingsOf(Buffer.from(rawText(join(rules, 'policy.yaml')) ?? '', 'latin1').toString());
}

/** What the rules say of the site: only as long as they are the example. */
export function rulesPlan({ places, answers, blacklist }: Ground): Pick<Plan, 'edits' | 'steps'> {
  const path = join(places.rules, 'policy.yaml');
  if (answers.rules === null) return { edits: [], steps: [] };
  const now = Buffer.from(rawText(path) ?? '', 'latin1').toString();
  const { ownNumbers, region, timeZone, language, monitor } = answers.rules;
  const values = {
    'default-region': region,
    'own-numbers': ownNumbers.length === 1 ? quoted(ownNumbers[0]) : `[${ownNumbers.map(quoted).join(', ')}]`,
    language,
    'voicemail-box': answers.mailbox,
    'time-zone': timeZone,
    mode: monitor ? 'monitor' : 'enforce',
  };
  const after = Object.entries(values).reduce(
    (text, [key, value]) => withValue(text, key, value),
    blacklist === null ? withoutExamples(now) : withTakenList(withoutExamples(now)),
  );
  const how = { stage: 'files', how: 'whole', like: 'gatehouse' } as const;
  return { edits: [{ ...how, path, after: bytesOf(after) }], steps: [] };
}

/** As rules are written: else YAML takes it for an amount. */
function quoted(text = ''): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function settingsOf(text: string): YAMLMap | null {
  const node = parseDocument(text).get('settings');
  return isMap(node) ? node : null;
}

/** One value in the settings; all else in the file stays as it is. */
function withValue(text: string, key: string, written: string): string {
  const settings = settingsOf(text);
  const node = settings?.get(key, true) as Node | undefined;
  const [from, to] = node?.range ?? [];
  if (from !== undefined && to !== undefined) return text.slice(0, from) + written + text.slice(to);
  return text.replace(/^settings:[^\n]*\n/m, (line) => `${line}  ${key}: ${written}\n`);
}

/** Languages of called numbers that nobody has. */
function withoutExamples(text: string): string {
  const languages = settingsOf(text)?.get('called-languages');
  if (!isMap(languages)) return text;
  const keys = languages.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
  if (!keys.every((key) => fictitious.test(key))) return text;
  return text.replace(/^ {2}called-languages:[^\n]*\n(?: {4}[^\n]*\n)*/m, '');
}
