import { NumberMap } from './number-map.ts';
import { type NumberPattern, parseNumberPattern } from './number-pattern.ts';
import type { PolicySettings } from './policy.ts';
import type { Prompts } from './prompts.ts';
import type { RuleFile } from './rule-file.ts';
import { wordRemedy } from './spelling.ts';
import type { YamlPath } from './yaml-source.ts';

type Refuse = (path: YamlPath, message: string, remedy: string, code: string) => void;

const defaultPassForMs = 30 * 86_400_000;

export function compileSettings(
  written: RuleFile['settings'],
  prompts: Prompts,
  refuse: Refuse,
): PolicySettings {
  const region = written['default-region'];
  const pattern = (text: string, path: YamlPath): NumberPattern[] => {
    const result = parseNumberPattern(text, region);
    if ('pattern' in result) return [result.pattern];
    refuse(['settings', ...path], result.message, result.remedy, 'bad-number');
    return [];
  };
  const checkLanguage = (language: string, path: YamlPath) => {
    if (prompts.languages.includes(language)) return;
    const remedy = `${wordRemedy(language, prompts.languages, 'languages')}; languages are declared in prompts.yaml`;
    refuse(['settings', ...path], `there are no prompts in "${language}"`, remedy, 'unknown-language');
  };

  checkLanguage(written.language, ['language']);
  const calledLanguages = Object.entries(written['called-languages'] ?? {}).flatMap(([number, language]) => {
    const path = ['called-languages', number];
    checkLanguage(language, path);
    return pattern(number, path).map((one) => [one, language] as const);
  });
  const own = (written['own-numbers'] ?? []).flatMap((number, i) => pattern(number, ['own-numbers', i]));
  return {
    defaultRegion: region,
    ownNumbers: new NumberMap(own.map((one) => [one, true] as const)),
    language: written.language,
    calledLanguages: new NumberMap(calledLanguages),
    voicemailBox: written['voicemail-box'],
    operatorsExit: written['operators-exit'] ?? 'operators',
    passForMs: written['pass-for'] ?? defaultPassForMs,
  };
}
