import { createHash } from 'node:crypto';
import { type CaseResult, runCases } from './cases/run-cases.ts';
import { compileCalendars } from './compile-calendars.ts';
import { compileRules } from './compile-rules.ts';
import { compileSettings } from './compile-settings.ts';
import { declaredList, type ReadyList } from './declared-lists.ts';
import type { HolidayFinder } from './holidays.ts';
import { compileList, type NumberList } from './lists.ts';
import type { Policy } from './policy.ts';
import { hasErrors, type Problem, sortProblems } from './problem.ts';
import { compilePrompts } from './prompts.ts';
import { proveRules } from './proof/prove.ts';
import { type RuleFile, readRuleFile } from './rule-file.ts';
import { RuleIndex } from './rule-index.ts';
import { wordRemedy } from './spelling.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** The files of one rule directory, read. */
export interface PolicySources {
  /** The directory as the user typed it; problems begin with it. */
  readonly root: string;
  /** `path` within the directory, with slashes: `policy.yaml`, `lists/customers.csv`. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** List files that are there, to say which was meant; when left out, those of `files`. */
  readonly listFiles?: readonly string[];
  /** By list id. A list that is not here is compiled from the text of its file. */
  readonly lists?: ReadonlyMap<string, ReadyList>;
  /** Left out: a rule set that asks for holidays is refused. */
  readonly holidays?: HolidayFinder;
  /** Epoch ms, to tell what has expired; left out: nothing has. */
  readonly now?: number;
}

export interface CompileResult {
  /** Null when a problem is an error. */
  readonly policy: Policy | null;
  readonly problems: readonly Problem[];
  /** What became of the cases; left out when the rules were refused before they could be run. */
  readonly cases?: readonly CaseResult[];
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

  const source = read(policyFile);
  const promptsSource = read(promptsFile);
  const shape = source && readRuleFile(source);
  problems.push(...(shape?.problems ?? []));
  const rules = shape?.rules ?? null;
  const spoken = promptsSource && compilePrompts(promptsSource, rules?.settings.language ?? null);
  problems.push(...(spoken?.problems ?? []));

  const prompts = spoken?.prompts ?? null;
  if (!source || !rules || !prompts) return { policy: null, problems: sortProblems(problems) };
  const refuse = (path: readonly (string | number)[], message: string, remedy: string, code: string) => {
    problems.push({ severity: 'error', ...source.at(path), message, remedy, code });
  };
  const lists = compileLists(rules, sources, refuse, problems);
  const settings = compileSettings(rules.settings, prompts, lists, source.at, refuse);
  const {
    calendars,
    holidays,
    problems: found,
  } = compileCalendars({
    rules,
    source,
    files: calendarFiles(sources),
    findHolidays: sources.holidays ?? null,
  });
  problems.push(...found);
  const context = { settings, lists, calendars, holidays, prompts, source, refuse };
  const compiled = compileRules(rules, context);
  const policy: Policy = {
    version: versionOf(sources),
    settings,
    rules: compiled,
    index: new RuleIndex(compiled),
    lists,
    blockLists: blockListsOf(rules),
    calendars,
    prompts,
  };
  if (!hasErrors(problems)) {
    const fileOf = (list: string) => inRoot(sources, rules.lists?.[list]?.file ?? `lists/${list}`);
    problems.push(...proveRules(policy, fileOf, sources.now ?? 0));
  }
  if (hasErrors(problems)) return { policy: null, problems: sortProblems(problems) };
  const { results, problems: failed } = runCases(policy, caseFiles(sources));
  problems.push(...failed);
  return { policy: hasErrors(problems) ? null : policy, problems: sortProblems(problems), cases: results };
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
    const file = sources.files.find((one) => one.path === path);
    const compiled = () => {
      const where = { id, file: path === null ? declared.id : inRoot(sources, path), text: file?.text ?? '' };
      return compileList({ ...where, ...declared.reading }, rules.settings['default-region']);
    };
    const ready: Omit<ReadyList, 'digest'> = sources.lists?.get(id) ?? compiled();
    // Also when its file is missing, so that every rule that names the list is not complained of as well.
    lists.set(id, ready.list ?? compiled().list);
    const missing = sources.lists?.has(id) ? ready.list === null : path !== null && !file;
    if (!missing || path === null) {
      problems.push(...ready.problems);
      continue;
    }
    const there = (sources.listFiles ?? sources.files.map((one) => one.path)).filter((one) =>
      one.startsWith('lists/'),
    );
    refuse(
      ['lists', id, 'file'],
      `the list "${id}" has no file ${path}`,
      wordRemedy(path, there, 'files'),
      'missing-file',
    );
  }
  return lists;
}

/** Without saying so, a list is one of blocked callers when it is called so. */
function blockListsOf({ lists }: RuleFile): ReadonlySet<string> {
  const isBlock = ([id, { kind }]: [string, { kind?: string | undefined }]) =>
    kind === 'block' || /^block(ed)?(-|$)/.test(id);
  return new Set(
    Object.entries(lists ?? {})
      .filter(isBlock)
      .map(([id]) => id),
  );
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
