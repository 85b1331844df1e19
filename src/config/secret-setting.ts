import { type SettingValues, settingShapes } from './setting-shapes.ts';
import type { SettingsProblem } from './settings-problem.ts';

/** Settings that can also come from a file, named by the variable with `_FILE` behind. */
export type SecretName = {
  [N in keyof SettingValues]: `${N}_FILE` extends keyof SettingValues ? N : never;
}[keyof SettingValues];

export const secretNames = [
  'GATEHOUSE_ARI_PASSWORD',
  'GATEHOUSE_PSEUDONYM_KEY',
  'GATEHOUSE_OIDC_CLIENT_SECRET',
  'GATEHOUSE_SMTP_URL',
  'GATEHOUSE_WEBHOOK_SECRET',
  'GATEHOUSE_SLACK_URL',
  'GATEHOUSE_TEAMS_URL',
] as const satisfies readonly SecretName[];

/**
 * The secret from its variable or its file, without the line end. Null when neither is set, or with a problem added; no
 * problem repeats what it held.
 */
export function readSecret(
  name: SecretName,
  env: Readonly<Record<string, string | undefined>>,
  values: SettingValues,
  readFile: (path: string) => string,
  problems: SettingsProblem[],
): string | null {
  const fileName = `${name}_FILE` as const;
  const remedy = `Set ${name}, or ${fileName} to a readable file that holds it.`;
  const refuse = (at: string, message: string) => {
    problems.push({ name: at, message, remedy });
    return null;
  };
  if (env[name] && env[fileName]) return refuse(name, `It and ${fileName} are both set.`);
  // A value that was refused has its own problem already.
  if (env[name]) return values[name];
  const file = values[fileName];
  if (file === null) return null;
  try {
    const content = readFile(file).replace(/\r?\n$/, '');
    if (content.includes('\n') || content === '')
      return refuse(fileName, 'The file does not hold one line of text.');
    const parsed = settingShapes[name].safeParse(content);
    return parsed.success ? parsed.data : refuse(fileName, 'The file does not hold what is allowed.');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return refuse(fileName, `The file cannot be read (${code}).`);
  }
}
