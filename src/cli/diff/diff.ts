import { performance } from 'node:perf_hooks';
import { Command } from 'commander';
import { runBacktest } from '../../backtest/run-backtest.ts';
import { comparePolicies } from '../../policy/diff/compare-policies.ts';
import { isSame, type PolicyDiff } from '../../policy/diff/policy-diff.ts';
import type { Place } from '../../policy/problem.ts';
import { type DiffRecords, diffText } from '../../terminal/diff-text.ts';
import { StageProgress } from '../../terminal/progress-line.ts';
import { tell, wrapped } from '../../terminal/screen.ts';
import { visibleJson } from '../../text/visible-text.ts';
import { withCalls } from '../backtest.ts';
import { type JsonFields, picked, withJsonOption } from '../command/json-option.ts';
import { count, listsDir, timeForms, withListsOption, withRedisOption } from '../command/options.ts';
import { messageOf, print } from '../command/run.ts';
import { comparedRulesDir } from './compared-rules-dir.ts';
import { type RulesSource, rulesSource } from './revision-rules.ts';

const changed = 1;
const notCompared = 2;

const fields: readonly (keyof ReturnType<typeof diffJson>)[] = [
  ...(['same', 'before', 'after', 'fates', 'unproven', 'notLookedAt', 'lists', 'monitor'] as const),
  ...(['settings', 'records'] as const),
];

interface DiffOptions {
  readonly data?: string;
  readonly redis?: string;
  readonly since?: string;
  readonly until?: string;
  readonly calls?: string;
  readonly seconds: number;
  readonly json?: JsonFields;
}

/**
 * `gatehouse diff OLD NEW`: which calls fare otherwise by other rules, by proof. Exit code 0 when nothing changes, 1 when
 * something does or is not proven, 2 when the rules cannot be compared.
 */
export function diffCommand(): Command {
  const command = new Command('diff')
    .description(
      'show by proof which calls fare otherwise after an edit of the rules; exit code 0: none, 1: some, 2: not compared',
    )
    .argument('<old>', 'rule directory, or a git revision: HEAD~1, main:rules')
    .argument('<new>', 'the same after the edit')
    .option('--seconds <n>', 'stop searching after so long, and name what was left out', count, 120)
    .option('--since <when>', `count recorded calls in Redis from then on, too: ${timeForms}`)
    .option('--until <when>', 'end, in the same form (default: now)')
    .option('--calls <file>', 'count recorded calls of a file, too, as gatehouse backtest does');
  withJsonOption(command, 'one JSON object', fields);
  return withRedisOption(withListsOption(command))
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : notCompared))
    .action(async (before: string, after: string, options: DiffOptions) => {
      const progress = new StageProgress('gatehouse diff');
      try {
        const { text, exitCode } = await diff(before, after, options, progress);
        progress.end();
        await print(options.json ? text : wrapped(text));
        process.exitCode = exitCode;
      } catch (error) {
        progress.end();
        tell(`error: ${messageOf(error)}`);
        process.exitCode = notCompared;
      }
    });
}

/** What the command prints, and its exit code. @throws what kept it from comparing: exit code 2 */
export async function diff(
  before: string,
  after: string,
  options: DiffOptions,
  progress: StageProgress,
): Promise<{ readonly text: string; readonly exitCode: 0 | 1 }> {
  const old = await rulesSource(before, after);
  try {
    const recent = await rulesSource(after, before);
    try {
      return await compared(old, recent, options, progress);
    } finally {
      await recent.close();
    }
  } finally {
    await old.close();
  }
}

async function compared(
  old: RulesSource,
  recent: RulesSource,
  options: DiffOptions,
  progress: StageProgress,
) {
  const lists = listsDir(options.data);
  const policies = {
    before: await comparedRulesDir(old.dir, lists, progress.show),
    after: await comparedRulesDir(recent.dir, lists, progress.show),
  };
  const end = performance.now() + options.seconds * 1000;
  const found = named(
    comparePolicies(policies.before, policies.after, {
      now: Date.now(),
      isLate: () => performance.now() > end,
      progress: (done, total) => progress.show('comparing', done, total),
    }),
    [old, recent],
  );
  const records = await recordsOf(old.dir, recent.dir, options);
  const exitCode = isSame(found) ? 0 : changed;
  const text = options.json
    ? `${visibleJson(picked(diffJson(found, old.name, recent.name, records), options.json))}\n`
    : diffText(found, { before: old.name, after: recent.name, records });
  return { text, exitCode } as const;
}

/** The same for programs. `recorded`: calls between the two rules, null when no records were asked for. */
function diffJson(found: PolicyDiff, before: string, after: string, records: DiffRecords | null) {
  const { versions, fates, unproven, notLookedAt, lists, monitor, heard } = found;
  return {
    same: isSame(found),
    before: { rules: before, version: versions.before },
    after: { rules: after, version: versions.after },
    fates: fates.map((one) => ({
      ...one,
      today: one.example.supposes.length === 0,
      recorded: records?.between(one.before.rule, one.after.rule) ?? null,
    })),
    ...{ unproven, notLookedAt, lists, monitor },
    settings: heard,
    records: records && { compared: records.compared, changed: records.changed },
  };
}

/** Places name the directory as the user typed it. */
function named(found: PolicyDiff, sources: readonly RulesSource[]): PolicyDiff {
  const rename = (place: Place): Place => {
    const source = sources.find(({ dir, name }) => dir !== name && place.file.startsWith(`${dir}/`));
    return source ? { ...place, file: `${source.name}${place.file.slice(source.dir.length)}` } : place;
  };
  const both = <T extends { readonly before: { place: Place }; readonly after: { place: Place } }>(
    one: T,
  ): T => ({
    ...one,
    before: { ...one.before, place: rename(one.before.place) },
    after: { ...one.after, place: rename(one.after.place) },
  });
  return {
    ...found,
    fates: found.fates.map(both),
    unproven: found.unproven.map(both),
    monitor: found.monitor.map((one) => ({
      ...one,
      before: one.before && rename(one.before),
      after: one.after && rename(one.after),
    })),
  };
}

async function recordsOf(before: string, after: string, options: DiffOptions): Promise<DiffRecords | null> {
  if (options.since === undefined && options.calls === undefined) return null;
  const lists = listsDir(options.data);
  const { tally } = await withCalls(options, ({ source, between }) =>
    runBacktest({ rules: after, against: before, lists, source, between }),
  );
  const groups = [...tally.groups.values()];
  return {
    compared: tally.compared,
    changed: tally.flips,
    between: (from, to) =>
      groups
        .filter((group) => group.from.rule === from && group.to.rule === to)
        .reduce((sum, { calls }) => sum + calls, 0),
  };
}
