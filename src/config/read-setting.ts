import { readFileSync } from 'node:fs';
import { channelSettings } from '../notices/channels/registry.ts';
import { line, type Setting, type ValuesOf } from '../process/setting.ts';
import { accessSettings } from './access-settings.ts';
import { coreSettings } from './core-settings.ts';
import { noticeSettings } from './notice-settings.ts';

/** Every setting; an environment variable each. */
export const settings = { ...coreSettings, ...accessSettings, ...channelSettings, ...noticeSettings };

export type SettingName = keyof typeof settings;
export type SettingValues = ValuesOf<typeof settings>;
export type Environment = Readonly<Record<string, string | undefined>>;
export type ReadFile = (path: string) => string;

/** The names of all environment variables, `_FILE` ones included. */
export const settingNames = Object.entries<Setting>(settings).flatMap(([name, { file }]) =>
  file === undefined ? [name] : [name, `${name}_FILE`],
);

export interface SettingsProblem {
  /** The environment variable. */
  readonly name: string;
  readonly message: string;
  readonly remedy: string;
}

type Found = { readonly value: unknown } | { readonly problem: SettingsProblem };

/**
 * One setting from its variable, its file or its default; null when there is none of these. An empty variable counts as
 * not set. No problem repeats the value of a secret.
 */
export function readSetting(
  name: SettingName,
  env: Environment,
  readFile: ReadFile = (path) => readFileSync(path, 'utf8'),
): Found {
  const setting: Setting = settings[name];
  const fileName = `${name}_FILE`;
  const path = setting.file === undefined ? undefined : env[fileName];
  if (path && env[name]) return refused(name, `It and ${fileName} are both set.`, remedyOf(name));
  if (path) return fromFile(name, path, readFile);
  const text = env[name] || setting.fallback;
  if (text === undefined) {
    const { required } = setting;
    return required === undefined ? { value: null } : refused(name, 'It is not set.', required);
  }
  const parsed = setting.shape.safeParse(text);
  if (parsed.success) return { value: parsed.data };
  const shown = setting.secret ? 'The value' : JSON.stringify(text.slice(0, 80));
  return refused(name, `${shown} is not allowed.`, `Set it to ${setting.allowed}.`);
}

/** The text of a setting, for a command that reads only this one. `given`: what its command line says. */
export function settingText<N extends SettingName>(
  name: N,
  given?: string,
  env: Environment = process.env,
): (typeof settings)[N] extends { readonly fallback: string } ? string : string | null {
  const setting: Setting = settings[name];
  return (given ?? (env[name] || setting.fallback || null)) as ReturnType<typeof settingText<N>>;
}

/** The default of an option that a setting stands behind, for help: `default: $GATEHOUSE_RULES, else rules`. */
export function defaultWords(name: SettingName): string {
  const { fallback, secret }: Setting = settings[name];
  return `default: $${name}${fallback === undefined || secret ? '' : `, else ${fallback}`}`;
}

/**
 * The key of callers' pseudonyms for a command. Null: none is set.
 * @throws an Error with the code `pseudonym-key` when it cannot be read: a command would search for the wrong caller
 */
export function callerPseudonymKey(env: Environment): string | null {
  const found = readSetting('GATEHOUSE_PSEUDONYM_KEY', env);
  if ('value' in found) return found.value as string | null;
  const { name, message, remedy } = found.problem;
  throw Object.assign(new Error(`${name}: ${message} ${remedy}`), { code: 'pseudonym-key' });
}

function fromFile(name: SettingName, path: string, readFile: ReadFile): Found {
  const fileName = `${name}_FILE`;
  const refuse = (message: string) => refused(fileName, message, remedyOf(name));
  if (!line.safeParse(path).success) return refuse('It is not the path of a file.');
  try {
    const content = readFile(path).replace(/\r?\n$/, '');
    if (content.includes('\n') || content === '')
      return refuse('The file does not contain one line of text.');
    const parsed = settings[name].shape.safeParse(content);
    return parsed.success ? { value: parsed.data } : refuse('The file does not contain an allowed value.');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return refuse(`The file cannot be read (${code}).`);
  }
}

const remedyOf = (name: string) => `Set ${name}, or ${name}_FILE to a readable file that contains it.`;

const refused = (name: string, message: string, remedy: string): Found => ({
  problem: { name, message, remedy },
});
