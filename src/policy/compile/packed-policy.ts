import { standardWindows } from '../../call/windows.ts';
import { ClaimedNames } from '../claimed-names.ts';
import type { NumberList } from '../number-list.ts';
import type { CompiledRule, Policy } from '../policy.ts';
import { variablesIn } from '../proof/theory.ts';
import { RuleIndex } from '../rule-index.ts';
import type { HolidayFinder } from '../time/holidays.ts';
import type { YamlPath } from '../yaml/yaml-source.ts';
import { buildCalendars, regionsOf } from './compile-calendars.ts';
import { promptsOf } from './compile-prompts.ts';
import { ruleCompiler } from './compile-rules.ts';
import { compileSettings } from './compile-settings.ts';
import type { HolidayTable, PlannedRule, PolicyPlan } from './policy-plan.ts';
import { compileTrunks } from './trunk-shape.ts';

/**
 * A proven policy as bytes that cost nothing to hand over: JSON lines, first the plan with its holidays, then a rule a
 * line. They are read line by line, so that no thread stands still for them.
 */
export interface PackedPolicy {
  readonly lines: Uint8Array<ArrayBuffer>;
  /** Where each line ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

/** Holidays that go with a policy: calls are explained years later, and a policy may stay in force for years. */
const yearsBefore = 6;
const yearsAfter = 14;

export function packPolicy(
  plan: PolicyPlan,
  rules: readonly PlannedRule[],
  find: HolidayFinder | null,
  now: number,
): PackedPolicy {
  const head = { plan, holidays: find === null ? [] : holidayTable(plan, find, now) };
  const encoder = new TextEncoder();
  const pieces = [head, ...rules].map((one) => encoder.encode(JSON.stringify(one)));
  const lines = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  const ends = new Uint32Array(pieces.length);
  let at = 0;
  for (const [line, piece] of pieces.entries()) {
    lines.set(piece, at);
    at += piece.length;
    ends[line] = at;
  }
  return { lines, ends };
}

/** Builds the policy that was packed, in small steps. @param lists all that it names, by id */
export function* unpackPolicy(
  { lines, ends }: PackedPolicy,
  lists: ReadonlyMap<string, NumberList>,
): Generator<void, Policy> {
  const decoder = new TextDecoder();
  const line = (at: number): unknown =>
    JSON.parse(decoder.decode(lines.subarray(at === 0 ? 0 : ends[at - 1], ends[at])));
  const { plan, holidays } = line(0) as { plan: PolicyPlan; holidays: HolidayTable };
  yield;
  function* rules(): Generator<PlannedRule> {
    for (let at = 1; at < ends.length; at++) yield line(at) as PlannedRule;
  }
  const findHolidays = finderOf(holidays);
  return yield* buildPolicy({ plan, rules: rules(), lists, findHolidays, refuse: refuseNothing });
}

function holidayTable(plan: PolicyPlan, find: HolidayFinder, now: number): HolidayTable {
  const year = new Date(now).getUTCFullYear();
  const years = Array.from({ length: yearsBefore + yearsAfter + 1 }, (_, i) => year - yearsBefore + i);
  return regionsOf(plan.calendars).flatMap((region) =>
    years.map((one) => [region, one, find(region, one) ?? []] as const),
  );
}

function finderOf(table: HolidayTable): HolidayFinder {
  const found = new Map(table.map(([region, year, holidays]) => [`${region} ${year}`, holidays]));
  return (region, year) => found.get(`${region} ${year}`) ?? null;
}

interface PolicyParts {
  readonly plan: PolicyPlan;
  readonly rules: Iterable<PlannedRule>;
  /** The plan's lists by id, opened. */
  readonly lists: ReadonlyMap<string, NumberList>;
  readonly findHolidays: HolidayFinder | null;
  /** Told of what the rules refer to and is not there; a plan that was proven has none of it. */
  readonly refuse: (path: YamlPath, message: string, remedy: string, code: string) => void;
}

/** Builds a policy step by step, some microseconds each, so that calls may go between two of them. */
export function* buildPolicy(parts: PolicyParts): Generator<void, Policy> {
  const { plan, lists, refuse } = parts;
  const prompts = promptsOf(plan.prompts);
  const settings = compileSettings(plan.settings, prompts, lists, plan.mustPassPlaces, refuse);
  const claimedNames = new ClaimedNames(plan.claimedNames ?? {});
  const { calendars, holidays } = buildCalendars(plan.calendars, parts.findHolidays);
  yield;
  const compile = ruleCompiler(plan.settings, {
    ...{ settings, lists, calendars, holidays, prompts, claimedNames, refuse },
  });
  const rules: CompiledRule[] = [];
  for (const rule of parts.rules) {
    rules.push(compile(rule, rules.length));
    yield;
  }
  const blockLists = new Set(plan.blockLists);
  return {
    version: plan.version,
    settings,
    trunks: compileTrunks(plan.trunks, settings.defaultRegion),
    rules,
    departments: departmentsOf(rules),
    windows: windowsOf(rules),
    index: yield* RuleIndex.gradually(rules),
    lists,
    blockLists,
    callerLists: callerListsOf(rules, settings.decoys, [...lists.keys()], blockLists),
    calendars,
    prompts,
    claimedNames,
  };
}

function windowsOf(rules: readonly CompiledRule[]): number[] {
  const all = rules.flatMap(({ formula }) => variablesIn(formula));
  const asked = all.flatMap((one) => (one.about === 'count' ? [one.withinMs] : []));
  return [...new Set(asked)].filter((ms) => !standardWindows.includes(ms)).sort((a, b) => a - b);
}

function callerListsOf(
  rules: readonly CompiledRule[],
  decoys: readonly string[],
  lists: readonly string[],
  blockLists: ReadonlySet<string>,
): string[] {
  const asked = rules.flatMap(({ formula }) => variablesIn(formula));
  const ofCallers = new Set(asked.flatMap((one) => (one.about === 'caller-list' ? [one.list] : [])));
  const ofCalled = new Set([...decoys, ...departmentsOf(rules)]);
  return lists.filter((id) => !blockLists.has(id) && (ofCallers.has(id) || !ofCalled.has(id)));
}

function departmentsOf(rules: readonly CompiledRule[]): string[] {
  const asked = rules.flatMap(({ formula }) => variablesIn(formula));
  const lists = asked.flatMap((one) => {
    if (one.about === 'called-list') return [one.list];
    return one.about === 'level' && one.of.startsWith('list:') ? [one.of.slice('list:'.length)] : [];
  });
  return [...new Set(lists)];
}

/** All steps at once. */
export function builtAtOnce(parts: PolicyParts): Policy {
  const steps = buildPolicy(parts);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** For plans that were proven: what they refer to is there. */
function refuseNothing(path: YamlPath, message: string): never {
  throw new Error(`a proven policy cannot be built: ${message} (${path.join('.')})`);
}
