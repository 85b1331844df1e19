import { createHash } from 'node:crypto';
import { wordRemedy } from '../../text/spelling.ts';
import { type CaseResult, runCases } from '../cases/run-cases.ts';
import { claimedNamesFile } from '../claimed-names.ts';
import { findDoubts } from '../doubts/find-doubts.ts';
import { emptyNumberList, type NumberList } from '../number-list.ts';
import type { Policy } from '../policy.ts';
import { hasErrors, type Problem, sortProblems } from '../problem.ts';
import { proveRules } from '../proof/prove.ts';
import type { HolidayFinder } from '../time/holidays.ts';
import { readYaml, type YamlSource } from '../yaml/yaml-source.ts';
import { compileClaimedNames } from './claimed-names-shape.ts';
import { planCalendars } from './compile-calendars.ts';
import { compilePrompts } from './compile-prompts.ts';
import { checkRules, planRules } from './compile-rules.ts';
import { declaredList, isBlockList, type ReadyList } from './declared-lists.ts';
import { builtAtOnce } from './packed-policy.ts';
import type { PlannedRule, PolicyPlan } from './policy-plan.ts';
import { type RuleFile, readRuleFile } from './rule-file.ts';

/** The files of one rule directory, read. */
interface PolicySources {
  /** The directory as the user typed it; problems begin with it. */
  readonly root: string;
  /** `path` within the directory, with slashes: `policy.yaml`, `lists/customers.csv`. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** List files that are there, to say which was meant; when left out, those of `files`. */
  readonly listFiles?: readonly string[];
  /** By list id. A list that is not here, or is null, has no file. */
  readonly lists?: ReadonlyMap<string, ReadyList>;
  /** Left out: a rule set that asks for holidays is refused. */
  readonly holidays?: HolidayFinder;
  /** policy.yaml, when it was read already: that takes as long as everything else. */
  readonly policy?: ReadPolicyFile;
  /** The policy was accepted once: a case that fails now, by its date, does not refuse it. */
  readonly wasAccepted?: boolean;
  /** Told what is done now, and how much of it. */
  readonly progress?: (stage: string, done?: number, total?: number) => void;
  /** Epoch ms, to tell what has expired; left out: nothing has. */
  readonly now?: number;
}

export interface CompileResult {
  /** Null when a problem is an error. */
  readonly policy: Policy | null;
  readonly problems: readonly Problem[];
  /** The rules hold, and cases fail: what they would decide, for those who ask why. */
  readonly draft?: Policy;
  /** The policy as plain data, to build it again elsewhere. */
  readonly plan?: { readonly plan: PolicyPlan; readonly rules: readonly PlannedRule[] };
  /** What became of the cases; left out when the rules were refused before they could be run. */
  readonly cases?: readonly CaseResult[];
}

/** policy.yaml, read but not looked up. */
export interface ReadPolicyFile extends ReturnType<typeof readRuleFile> {
  readonly source: YamlSource;
}

/** @param file as problems name it */
export function readPolicyFile(file: string, text: string): ReadPolicyFile {
  const source = readYaml(file, text);
  return { source, ...readRuleFile(source) };
}

const policyFile = 'policy.yaml';
const promptsFile = 'prompts.yaml';

/** Rule files to a policy, or to problems with their places. Pure; never throws for what a file contains. */
export function compilePolicy(sources: PolicySources): CompileResult {
  const problems: Problem[] = [];
  const read = (path: string): YamlSource | null => {
    const file = sources.files.find((one) => one.path === path);
    if (file) return readYaml(inRoot(sources, path), file.text);
    problems.push({
      severity: 'error',
      file: inRoot(sources, path),
      line: 1,
      column: 1,
      message: 'the file is missing',
      remedy: `a rule directory holds ${policyFile} and ${promptsFile}; the shipped rules/ can be copied`,
      code: 'missing-file',
    });
    return null;
  };

  const stage: NonNullable<PolicySources['progress']> = sources.progress ?? (() => undefined);
  const file = sources.policy;
  const source = file ? file.source : read(policyFile);
  const promptsSource = read(promptsFile);
  const shape = file ?? (source && readRuleFile(source));
  problems.push(...(shape?.problems ?? []));
  const rules = shape?.rules ?? null;
  const spoken = promptsSource && compilePrompts(promptsSource, rules?.settings.language ?? null);
  problems.push(...(spoken?.problems ?? []));

  const claimedText = sources.files.find(({ path }) => path === claimedNamesFile)?.text;
  const claimed = compileClaimedNames(
    claimedText === undefined ? undefined : readYaml(inRoot(sources, claimedNamesFile), claimedText),
  );
  problems.push(...claimed.problems);

  const prompts = spoken?.prompts ?? null;
  if (!source || !rules || !prompts) return { policy: null, problems: sortProblems(problems) };
  const refuse = (path: readonly (string | number)[], message: string, remedy: string, code: string) => {
    problems.push({ severity: 'error', ...source.at(path), message, remedy, code });
  };
  const lists = compileLists(rules, sources, refuse, problems);
  const calendarSources = calendarFiles(sources);
  const calendars = planCalendars({
    rules,
    source,
    files: calendarSources,
    findHolidays: sources.holidays ?? null,
  });
  problems.push(...calendars.problems);
  const plan: PolicyPlan = {
    version: versionOf(sources),
    settings: rules.settings,
    trunks: rules.trunks ?? {},
    mustPassPlaces: (rules.settings['must-pass'] ?? []).map((_, index) =>
      source.at(['settings', 'must-pass', index]),
    ),
    blockLists: blockListsOf(rules),
    calendars: calendars.planned,
    prompts,
    claimedNames: claimed.names,
  };
  const planned = planRules(rules, source);
  const policy = builtAtOnce({
    plan,
    rules: planned,
    lists,
    findHolidays: sources.holidays ?? null,
    refuse,
  });
  checkRules(rules, source, refuse);
  const fileOf = (list: string) => inRoot(sources, rules.lists?.[list]?.file ?? `lists/${list}`);
  if (!hasErrors(problems)) {
    const calendarPlace = (name: string) =>
      calendarSources.get(name)?.at([]) ?? source.atKey(['calendars'], name);
    problems.push(...findDoubts({ rules, source, policy, fileOf, calendarPlace, now: sources.now ?? 0 }));
  }
  if (!hasErrors(problems)) {
    stage('proving');
    problems.push(
      ...proveRules(policy, fileOf, sources.now ?? 0, (done, total) => stage('proving', done, total)),
    );
  }
  if (hasErrors(problems)) return { policy: null, problems: sortProblems(problems) };
  stage('running the cases');
  const { results, problems: failed } = runCases(policy, caseFiles(sources));
  problems.push(
    ...(sources.wasAccepted ? failed.map((one) => ({ ...one, severity: 'warning' as const })) : failed),
  );
  const found = { problems: sortProblems(problems), cases: results };
  return hasErrors(problems)
    ? { policy: null, draft: policy, ...found }
    : { policy, ...found, plan: { plan, rules: planned } };
}

function compileLists(
  rules: RuleFile,
  sources: PolicySources,
  refuse: (path: readonly (string | number)[], message: string, remedy: string, code: string) => void,
  problems: Problem[],
): Map<string, NumberList> {
  const lists = new Map<string, NumberList>();
  for (const [id, written] of Object.entries(rules.lists ?? {})) {
    const declared = declaredList(id, written);
    const path = declared.source.kind === 'file' ? declared.source.path : null;
    const ready = sources.lists?.get(id);
    // Also when its file is missing, so that every rule that names the list is not complained of as well.
    lists.set(id, ready?.list ?? emptyNumberList(id));
    if ((ready?.list ?? null) !== null || path === null) {
      const mustPass = path !== null && !sources.wasAccepted && isMustPass(rules, id);
      problems.push(...(ready?.problems ?? []).map(mustPass ? unreadMustPass(id) : (one) => one));
      continue;
    }
    const there = (sources.listFiles ?? sources.files.map((one) => one.path)).filter((one) =>
      one.startsWith('lists/'),
    );
    if (there.includes(path))
      refuse(
        ['lists', id, 'file'],
        `${path} is a link to a file that is not there`,
        'put the file back where the link points to, or put the file itself in place of the link',
        'broken-link',
      );
    else
      refuse(
        ['lists', id, 'file'],
        `the list "${id}" has no file ${path}`,
        there.length === 0
          ? `put it there; the folder lists/ beside policy.yaml is empty`
          : wordRemedy(path, there, 'files'),
        'missing-file',
      );
  }
  return lists;
}

function isMustPass({ settings }: RuleFile, id: string): boolean {
  return (settings['must-pass'] ?? []).some((one) => (typeof one === 'string' ? one : one.list) === id);
}

/** A row that cannot be read is a caller who is not let through. */
function unreadMustPass(id: string): (problem: Problem) => Problem {
  return (one) =>
    one.code === 'bad-row'
      ? {
          ...one,
          severity: 'error',
          message: `${one.message}; callers on the must-pass list "${id}" must be let through, so every row of it has to be readable`,
          code: 'must-pass-row',
        }
      : one;
}

function blockListsOf({ lists }: RuleFile): string[] {
  return Object.entries(lists ?? {})
    .filter(([id, list]) => isBlockList(id, list))
    .map(([id]) => id);
}

function calendarFiles(sources: PolicySources): Map<string, YamlSource> {
  const found = new Map<string, YamlSource>();
  for (const { path, text } of sources.files) {
    const [, name] = /^calendars\/([a-z][a-z0-9-]{0,47})\.ya?ml$/.exec(path) ?? [];
    if (name !== undefined) found.set(name, readYaml(inRoot(sources, path), text));
  }
  return found;
}

function caseFiles(sources: PolicySources): YamlSource[] {
  return sources.files.flatMap(({ path, text }) =>
    /^cases\/[^/]+\.ya?ml$/.test(path) ? [readYaml(inRoot(sources, path), text)] : [],
  );
}

function inRoot({ root }: PolicySources, path: string): string {
  return root === '' ? path : `${root.replace(/\/+$/, '')}/${path}`;
}

/** Lengths are hashed too, so that text cannot move from one file to the next unseen. */
function versionOf({ files, lists }: PolicySources): string {
  const hash = createHash('sha256');
  const deciding = files.filter(({ path }) => !path.startsWith('cases/'));
  for (const { path, text } of deciding.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${path.length}:${path}${text.length}:`).update(text);
  }
  for (const [id, { digest }] of [...(lists ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${id}:${digest}`);
  return hash.digest('hex').slice(0, 12);
}
