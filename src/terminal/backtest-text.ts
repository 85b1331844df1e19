import { type BacktestReport, knownCalls, knownWords } from '../backtest/backtest-report.ts';
import type { KindCounts } from '../backtest/tally.ts';
import { calls, count } from '../call/sentences.ts';
import { verdictKinds } from '../call/vocabulary.ts';
import { visibleText } from '../text/visible-text.ts';

/** A backtest for a terminal; times in UTC. */
export function backtestText(report: BacktestReport): string {
  const { rules, against, notCompared, unreadable } = report;
  const compared = against === null ? 'the recorded decisions' : `${against.dir} (${against.version})`;
  const lines = [
    `${calls(report.calls)} decided by ${rules.dir} (${rules.version}), compared with ${compared}`,
    `  ${count(report.same)} unchanged, ${count(report.flips)} with a different result`,
  ];
  if (report.otherRule > 0) lines.push(`  ${count(report.otherRule)} with the same result by another rule`);
  if (report.otherDetails > 0)
    lines.push(`  ${count(report.otherDetails)} with the same result, different label or times`);
  if (notCompared.bypassed > 0)
    lines.push(`  ${count(notCompared.bypassed)} bypassed screening: not compared`);
  if (notCompared.undecided > 0)
    lines.push(`  ${count(notCompared.undecided)} without a decision: not compared`);
  if (report.withoutCaller > 0)
    lines.push(
      `  ${count(report.withoutCaller)} more have an erased caller or a pseudonym: not decided again`,
    );
  if (unreadable.lines > 0)
    lines.push(
      `  ${count(unreadable.lines)} lines are not call records (first: line ${unreadable.first.join(', ')})`,
    );
  if (report.mismatches > 0)
    lines.push(
      `  ${count(report.mismatches)} differ although the rules are the same: please report this bug`,
    );
  lines.push('', ...verdictTable(report.before, report.now));
  lines.push(...flips(report), ...missing(report), ...monitored(report), '', lastWord(report));
  return `${lines.join('\n')}\n`;
}

function verdictTable(before: KindCounts, now: KindCounts): string[] {
  const kinds = verdictKinds.words;
  const row = (name: string, cells: readonly string[]) =>
    name.padEnd(8) + cells.map((cell) => cell.padStart(12)).join('');
  return [
    row('', kinds),
    row(
      'before',
      kinds.map((kind) => count(before[kind])),
    ),
    row(
      'now',
      kinds.map((kind) => count(now[kind])),
    ),
  ];
}

const mostGroups = 40;

function flips({ groups }: BacktestReport): string[] {
  const lines: string[] = [];
  for (const group of groups.slice(0, mostGroups)) {
    const { from, to, known, harmed } = group;
    const people = [
      known['must-pass'] > 0 ? `${count(known['must-pass'])} must pass` : '',
      known.listed > 0 ? `${count(known.listed)} listed` : '',
      known.passed > 0 ? `${count(known.passed)} passed before` : '',
    ].filter((words) => words !== '');
    lines.push(
      '',
      `${calls(group.calls)}: ${from.fate} → ${to.fate}${harmed > 0 ? `   HARMED: ${count(harmed)}` : ''}`,
      `  by ${from.rule} → ${to.rule}${people.length > 0 ? `; known callers: ${people.join(', ')}` : knownCalls(group) === 0 ? '; no known callers' : ''}`,
    );
    for (const { at, caller, called, calledName = null, known: as, callId } of group.examples)
      lines.push(
        `    ${new Date(at).toISOString().slice(0, 16)}Z  ${visibleText(caller, 'replace', 200)} → ${visibleText(calledName === null ? called : `${calledName}, ${called}`, 'replace', 200)}  ${knownWords(as)}  ${visibleText(callId, 'replace', 200)}`,
      );
  }
  if (groups.length > mostGroups)
    lines.push('', `and ${count(groups.length - mostGroups)} more groups of changes (all in --json)`);
  return lines;
}

function missing({ missing: { calls: lacking, facts } }: BacktestReport): string[] {
  if (facts.length === 0) return [];
  return [
    '',
    `${calls(lacking)} lack facts that these rules use; rules that need them do not match:`,
    ...facts.map(
      ({ rule, question, why, calls: n }) => `  ${count(n).padStart(10)}  ${rule}: ${question} (${why})`,
    ),
  ];
}

function monitored({ monitored: rows }: BacktestReport): string[] {
  if (rows.length === 0) return [];
  return [
    '',
    'Monitor rules would have decided:',
    ...rows.map(({ rule, fate, calls: n }) => `  ${count(n).padStart(10)}  ${rule}: ${fate}`),
  ];
}

function lastWord({ harmed, flips: flipped }: BacktestReport): string {
  if (harmed > 0)
    return `HARMED: ${calls(harmed)} of must-pass numbers or previously connected list members end worse than before.`;
  return flipped === 0
    ? 'No call has a different result.'
    : 'No must-pass number and no previously connected list member is harmed.';
}
