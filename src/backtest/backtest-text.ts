import { type BacktestReport, knownCalls, knownWords } from './backtest-report.ts';
import type { KindCounts } from './tally.ts';

/** A backtest in plain words, for a terminal; times in UTC. */
export function backtestText(report: BacktestReport): string {
  const { rules, against, notCompared, unreadable } = report;
  const compared = against === null ? 'what was decided' : `${against.dir} (${against.version})`;
  const lines = [
    `${calls(report.calls)} decided again by ${rules.dir} (${rules.version}), compared with ${compared}`,
    `  ${number(report.same)} the same, ${number(report.flips)} end otherwise`,
  ];
  if (report.otherRule > 0) lines.push(`  ${number(report.otherRule)} end the same by another rule`);
  if (report.otherDetails > 0)
    lines.push(`  ${number(report.otherDetails)} end the same, in other words or times`);
  if (notCompared.bypassed > 0)
    lines.push(`  ${number(notCompared.bypassed)} went round the screener: not compared`);
  if (notCompared.undecided > 0)
    lines.push(`  ${number(notCompared.undecided)} without a decision: not compared`);
  if (report.withoutCaller > 0)
    lines.push(
      `  ${number(report.withoutCaller)} more have no caller any more, or a pseudonym: not decided again`,
    );
  if (unreadable.lines > 0)
    lines.push(
      `  ${number(unreadable.lines)} lines are no record of a call (first: line ${unreadable.first.join(', ')})`,
    );
  if (report.mismatches > 0)
    lines.push(
      `  ${number(report.mismatches)} differ though the rules are the same: please report this fault`,
    );
  lines.push('', ...verdictTable(report.before, report.now));
  lines.push(...flips(report), ...missing(report), ...monitored(report), '', lastWord(report));
  return `${lines.join('\n')}\n`;
}

function verdictTable(before: KindCounts, now: KindCounts): string[] {
  const kinds = ['connect', 'challenge', 'voicemail', 'reject'] as const;
  const row = (name: string, cells: readonly string[]) =>
    name.padEnd(8) + cells.map((cell) => cell.padStart(12)).join('');
  return [
    row('', kinds),
    row(
      'before',
      kinds.map((kind) => number(before[kind])),
    ),
    row(
      'now',
      kinds.map((kind) => number(now[kind])),
    ),
  ];
}

const mostGroups = 40;

function flips({ groups }: BacktestReport): string[] {
  const lines: string[] = [];
  for (const group of groups.slice(0, mostGroups)) {
    const { from, to, known, harmed } = group;
    const people = [
      known['must-pass'] > 0 ? `${number(known['must-pass'])} must pass` : '',
      known.listed > 0 ? `${number(known.listed)} listed` : '',
      known.passed > 0 ? `${number(known.passed)} passed before` : '',
    ].filter((words) => words !== '');
    lines.push(
      '',
      `${calls(group.calls)}: ${from.fate} → ${to.fate}${harmed > 0 ? `   HARM to ${number(harmed)}` : ''}`,
      `  by ${from.rule} → ${to.rule}${people.length > 0 ? `; known people: ${people.join(', ')}` : knownCalls(group) === 0 ? '; nobody known' : ''}`,
    );
    for (const { at, caller, called, known: as, callId } of group.examples)
      lines.push(
        `    ${new Date(at).toISOString().slice(0, 16)}Z  ${onScreen(caller)} → ${onScreen(called)}  ${knownWords(as)}  ${onScreen(callId)}`,
      );
  }
  if (groups.length > mostGroups)
    lines.push('', `and ${number(groups.length - mostGroups)} more kinds of change (--json has them)`);
  return lines;
}

function missing({ missing: { calls: lacking, facts } }: BacktestReport): string[] {
  if (facts.length === 0) return [];
  return [
    '',
    `${calls(lacking)} lack facts that these rules ask for; there a rule that needs them does not match:`,
    ...facts.map(
      ({ rule, question, why, calls: n }) => `  ${number(n).padStart(10)}  ${rule}: ${question} (${why})`,
    ),
  ];
}

function monitored({ monitored: rows }: BacktestReport): string[] {
  if (rows.length === 0) return [];
  return [
    '',
    'Monitor rules would have made:',
    ...rows.map(({ rule, fate, calls: n }) => `  ${number(n).padStart(10)}  ${rule}: ${fate}`),
  ];
}

function lastWord({ harmed, flips: flipped }: BacktestReport): string {
  if (harmed > 0)
    return `HARM: ${calls(harmed)} of must-pass numbers or of formerly connected list members end worse than before.`;
  return flipped === 0
    ? 'No call ends otherwise.'
    : 'No must-pass number and no formerly connected list member is harmed.';
}

function calls(count: number): string {
  return `${number(count)} call${count === 1 ? '' : 's'}`;
}

/** 1 000 000 with thin gaps that stay on one line. */
function number(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, '\u202F');
}

/** What a caller wrote must not move the cursor of the terminal it is shown on. */
function onScreen(text: string): string {
  return text.slice(0, 200).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
