import { defaultLevelLimits, type LevelLimits } from '../../call/attack-levels.ts';
import { emergencyNumbersOf } from '../../numbers/emergency-numbers.ts';
import { NumberMap } from '../../numbers/number-map.ts';
import { type NumberPattern, parseNumberPattern } from '../../numbers/number-pattern.ts';
import { wordRemedy } from '../../text/spelling.ts';
import type { MustPass, PolicySettings } from '../policy.ts';
import type { Place } from '../problem.ts';
import { ruleDefaults } from '../rule-defaults.ts';
import type { YamlPath } from '../yaml/yaml-source.ts';
import type { Prompts } from './compile-prompts.ts';
import type { RuleFile } from './rule-file.ts';

type Refuse = (path: YamlPath, message: string, remedy: string, code: string) => void;

export function compileSettings(
  written: RuleFile['settings'],
  prompts: Prompts,
  lists: { has(id: string): boolean; keys(): Iterable<string> },
  mustPassPlaces: readonly Place[],
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
  const decoys = written.decoys ?? [];
  for (const [index, list] of decoys.entries())
    if (!lists.has(list))
      refuse(
        ['settings', 'decoys', index],
        `there is no list "${list}"`,
        wordRemedy(list, [...lists.keys()], 'lists'),
        'unknown-list',
      );
  const mustPass = (written['must-pass'] ?? []).flatMap((one, index): MustPass[] => {
    const path = ['settings', 'must-pass', index];
    const list = typeof one === 'string' ? one : one.list;
    const place = mustPassPlaces[index];
    if (lists.has(list) && place) return [{ list, unlessForged: typeof one !== 'string', place }];
    refuse(path, `there is no list "${list}"`, wordRemedy(list, [...lists.keys()], 'lists'), 'unknown-list');
    return [];
  });
  return {
    defaultRegion: region,
    ourCountries: written['our-countries'] ?? [region],
    ownPatterns: own,
    ownNumbers: new NumberMap(own.map((one) => [one, true] as const)),
    language: written.language,
    calledLanguages: new NumberMap(calledLanguages),
    voicemailBox: written['voicemail-box'],
    operatorsExit: written['operators-exit'] ?? ruleDefaults.operatorsExit,
    passForMs: written['pass-for'] ?? ruleDefaults.passFor.ms,
    timeZone: written['time-zone'] ?? null,
    mode: written.mode ?? ruleDefaults.mode,
    rejectUnallocated: written['reject-unallocated'] ?? ruleDefaults.rejectUnallocated,
    emergencyNumbers: written['emergency-numbers'] ?? emergencyNumbersOf(region),
    mustPass,
    decoys,
    attackLevels: levelLimits(written['attack-levels'] ?? {}),
  };
}

function levelLimits(written: NonNullable<RuleFile['settings']['attack-levels']>): LevelLimits {
  const { board, department, calledNumber, calmAfterMs, callBackSurge } = defaultLevelLimits;
  return {
    board: written.board ?? board,
    department: written.department ?? department,
    calledNumber: written['called-number'] ?? calledNumber,
    calmAfterMs: written['calm-after'] ?? calmAfterMs,
    callBackSurge: written['call-back-surge'] ?? callBackSurge,
  };
}
