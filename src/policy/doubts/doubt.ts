import type { RuleFile } from '../compile/rule-file.ts';
import type { When } from '../conditions/when.ts';
import type { Policy } from '../policy.ts';
import type { Place, Problem } from '../problem.ts';
import type { YamlPath, YamlSource } from '../yaml/yaml-source.ts';

/** A rule set that was read and compiled, to be searched for what was probably not meant. */
export interface Doubted {
  readonly rules: RuleFile;
  readonly source: YamlSource;
  readonly policy: Policy;
  /** File of a list, as problems name it. */
  readonly fileOf: (list: string) => string;
  /** Where a calendar begins. */
  readonly calendarPlace: (name: string) => Place;
  /** Epoch ms; 0: nothing is past. */
  readonly now: number;
}

/** One kind of what was probably not meant. */
export type Doubt = (doubted: Doubted) => Iterable<Problem>;

export function problem(
  severity: Problem['severity'],
  place: Place,
  message: string,
  remedy: string,
  code: string,
): Problem {
  return { severity, ...place, message, remedy, code };
}

export const warning = problem.bind(null, 'warning');
export const error = problem.bind(null, 'error');

/** One mapping under `when`: the conditions that stand side by side in it. */
export interface Asked {
  readonly rule: RuleFile['rules'][number];
  readonly at: When;
  readonly path: YamlPath;
}

/** Every mapping under every `when`, those in all, any and not included. */
export function* askedBy({ rules }: RuleFile): Generator<Asked> {
  for (const [index, rule] of rules.entries())
    if (rule.when) yield* below(rule, rule.when, ['rules', index, 'when']);
}

function* below(rule: Asked['rule'], at: When, path: YamlPath): Generator<Asked> {
  yield { rule, at, path };
  for (const kind of ['all', 'any'] as const)
    for (const [index, part] of (at[kind] ?? []).entries()) yield* below(rule, part, [...path, kind, index]);
  if (at.not) yield* below(rule, at.not, [...path, 'not']);
}

/** What rules say to do under a key (`exit`, `early-media`), and what the settings say for challenges; with its place. */
export function toldIn(
  { rules }: Doubted,
  key: string,
): readonly (readonly [value: unknown, path: YamlPath])[] {
  return [
    ...rules.rules.flatMap(({ then }, index) => under(then, key, ['rules', index, 'then'])),
    ...under(rules.settings.challenge, key, ['settings', 'challenge']),
  ];
}

function under(told: unknown, key: string, path: YamlPath): (readonly [unknown, YamlPath])[] {
  if (typeof told !== 'object' || told === null) return [];
  return Object.entries(told).flatMap(([name, below]) => {
    const at = [...path, name];
    return name === key && typeof below !== 'object' ? [[below, at] as const] : under(below, key, at);
  });
}

/** The values of one condition, with their places: `caller`, `in`. */
export function* valuesOf(
  { at, path }: Asked,
  group: string,
  key?: string,
): Generator<readonly [value: string, path: YamlPath]> {
  const found = key === undefined ? at[group] : (at[group] as Record<string, unknown> | undefined)?.[key];
  const above = key === undefined ? [...path, group] : [...path, group, key];
  if (Array.isArray(found))
    for (const [index, one] of found.entries()) yield [String(one), [...above, index]];
}
