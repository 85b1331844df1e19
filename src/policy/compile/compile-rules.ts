import { DateTime } from 'luxon';
import type { CompileContext } from '../conditions/condition.ts';
import { calledListsOf, compileWhen, needsListedCaller } from '../conditions/when.ts';
import { answerOf, compileHolds } from '../logic/formula.ts';
import type { NumberList } from '../number-list.ts';
import type { CompiledRule, PolicySettings } from '../policy.ts';
import { ruleDefaults } from '../rule-defaults.ts';
import type { YamlPath, YamlSource } from '../yaml/yaml-source.ts';
import type { Prompts } from './compile-prompts.ts';
import {
  challengeOf,
  compileFallback,
  compileThen,
  rejectPath,
  type ThenContext,
  verdictKindOf,
} from './compile-then.ts';
import type { PlannedRule } from './policy-plan.ts';
import type { RuleFile } from './rule-file.ts';

interface RulesContext {
  readonly settings: PolicySettings;
  readonly lists: ReadonlyMap<string, NumberList>;
  readonly calendars: CompileContext['calendars'];
  readonly holidays: CompileContext['holidays'];
  readonly prompts: Prompts;
  readonly claimedNames: CompileContext['claimedNames'];
  /** `path` from the top of policy.yaml. */
  refuse(path: YamlPath, message: string, remedy: string, code: string): void;
}

type WrittenRule = RuleFile['rules'][number];

/** Compiles rules one by one: what each refers to is looked up. */
export function ruleCompiler(
  written: RuleFile['settings'],
  context: RulesContext,
): (rule: PlannedRule, index: number) => CompiledRule {
  const { settings, prompts, refuse } = context;
  const defaults = written.challenge ?? {};
  const compileDefault = (key: 'failed' | 'silent'): ThenContext['failed'] => {
    const path = ['settings', 'challenge', key];
    const inSettings = { settings, prompts, listedOnly: false, calledLists: [], refuse };
    return defaults[key] ? compileFallback(defaults[key], inSettings, path) : null;
  };
  const shared = {
    settings,
    prompts,
    choices: defaults,
    failed: compileDefault('failed'),
    silent: compileDefault('silent'),
  };
  const conditions = {
    defaultRegion: settings.defaultRegion,
    ourCountries: settings.ourCountries,
    lists: context.lists,
    ownNumbers: settings.ownNumbers,
    ownPatterns: settings.ownPatterns,
    calendars: context.calendars,
    timeZone: settings.timeZone,
    holidays: context.holidays,
    decoys: settings.decoys,
    claimedNames: context.claimedNames,
  };

  return ({ written: rule, place, rejectPlace }, index) => {
    const at = ['rules', index] as const;
    const below =
      (key: string): RulesContext['refuse'] =>
      (path, ...rest) =>
        refuse([...at, key, ...path], ...rest);
    const formula = rule.when ? compileWhen(rule.when, { ...conditions, refuse: below('when') }) : null;
    const listedOnly = rule.when !== undefined && needsListedCaller(rule.when);
    const calledLists = calledListsOf(rule.when ?? {}).flatMap((id) => context.lists.get(id) ?? []);
    return {
      id: rule.id,
      about: rule.about ?? null,
      mode: rule.mode ?? ruleDefaults.mode,
      place,
      expiresAt: rule.expires === undefined ? null : endOfDay(rule.expires, settings.timeZone),
      formula,
      test: formula && ((facts) => answerOf(formula, facts)),
      holds: formula ? compileHolds(formula) : () => 'yes',
      verdictKind: verdictKindOf(rule.then),
      challenge: challengeOf(rule.then, defaults),
      rejectPlace,
      verdict: compileThen(rule.then, { ...shared, listedOnly, calledLists, refuse: below('then') }),
      reason: typeof rule.then === 'object' ? (rule.then.reject?.reason ?? null) : null,
    };
  };
}

/** The rules with their places. */
export function planRules({ rules, settings }: RuleFile, source: YamlSource): PlannedRule[] {
  return rules.map((written, index): PlannedRule => {
    const at = ['rules', index] as const;
    const rejects = rejectPath(written.then, settings.challenge ?? {});
    const rejectAt = rejects && (rejects[0] === 'settings' ? rejects : [...at, ...rejects]);
    return { written, place: source.at(at), rejectPlace: rejectAt && source.at(rejectAt) };
  });
}

/** Each rule has an id of its own, every call is decided, and every rule can decide one. */
export function checkRules(file: RuleFile, source: YamlSource, refuse: RulesContext['refuse']): void {
  checkIds(file.rules, source, refuse);
  checkOrder(file, refuse);
}

/** @param zone null: the day ends in UTC */
function endOfDay(date: string, zone: string | null): number {
  return DateTime.fromISO(date, { zone: zone ?? 'utc' })
    .plus({ days: 1 })
    .toMillis();
}

function checkIds(rules: readonly WrittenRule[], source: YamlSource, refuse: RulesContext['refuse']): void {
  const seen = new Map<string, number>();
  for (const [index, { id }] of rules.entries()) {
    const first = seen.get(id);
    seen.set(id, first ?? index);
    if (first === undefined) continue;
    const { line } = source.at(['rules', first, 'id']);
    refuse(
      ['rules', index, 'id'],
      `the id "${id}" is taken by the rule in line ${line}`,
      'give each rule an id of its own: records and reports tell rules apart by it',
      'duplicate-id',
    );
  }
}

/** Every call must be decided, and every rule must be able to decide one. */
function checkOrder({ rules, settings }: RuleFile, refuse: RulesContext['refuse']): void {
  const forEveryone = (rule: WrittenRule) =>
    rule.when === undefined && rule.mode !== 'monitor' && rule.expires === undefined;
  const last = rules.length - 1;
  for (const [index, rule] of rules.entries()) {
    if (index === last || !forEveryone(rule)) continue;
    refuse(
      ['rules', index + 1],
      `no call can come to this rule: "${rule.id}" before it has no when and decides every call`,
      `move "${rule.id}" to the end, or give it a when`,
      'unreachable-rule',
    );
    break;
  }
  const lastRule = rules[last];
  if (!lastRule) return;
  if (!forEveryone(lastRule)) {
    refuse(
      ['rules', last],
      `the last rule, "${lastRule.id}", does not decide every call`,
      'end with a rule for everyone, without when, mode and expires: - { id: everyone-else, then: { challenge: press-1 } }',
      'last-rule',
    );
  }
  if (rejects(lastRule, settings)) {
    refuse(
      ['rules', last, 'then'],
      'the last rule would turn away callers of whom nothing bad is known',
      'let it connect, challenge or take a message; reject in a rule above it that asks for a list',
      'last-rule-rejects',
    );
  }
}

function rejects({ then }: WrittenRule, settings: RuleFile['settings']): boolean {
  if (typeof then === 'string') return false;
  if (then.reject) return true;
  if (then.challenge === undefined) return false;
  const said = typeof then.challenge === 'string' ? undefined : then.challenge;
  const ends = [said?.failed ?? settings.challenge?.failed, said?.silent ?? settings.challenge?.silent];
  return ends.some((end) => typeof end === 'object' && end.reject !== undefined);
}
