import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { ListLibrary } from '../lists/list-library.ts';
import { decide } from '../policy/decide.ts';
import type { CallFacts, Verification } from '../policy/facts.ts';
import { calledFacts, callerFacts } from '../policy/phone-number.ts';
import type { Policy } from '../policy/policy.ts';
import { formatProblem } from '../policy/problem.ts';
import { harmlessJson } from '../report/harmless.ts';
import { pointInTime } from '../report/since.ts';
import { loadRules } from '../rules/load-rules.ts';
import { rulesDir } from '../rules/rules-dir.ts';
import { explanationJson, explanationText } from './explanation.ts';
import {
  type HistoryOptions,
  hypotheticalHistory,
  readCount,
  readFlag,
  readMissing,
} from './hypothetical-history.ts';
import { pastCallJson, pastCallText } from './past-call.ts';
import { findRecordedCall } from './recorded-call.ts';
import { PrintedNumbers } from './records-command.ts';

interface ExplainOptions extends HistoryOptions {
  readonly call?: string;
  readonly since: string;
  readonly redis?: string;
  readonly showNumbers?: true;
  readonly from?: string;
  readonly to?: string;
  readonly name?: string;
  readonly verification?: Verification;
  readonly signer?: string;
  readonly withheld?: true;
  readonly trunk: string;
  readonly at?: string;
  readonly rules?: string;
  readonly data?: string;
  readonly json?: true;
}

const none: Verification = { result: 'none', attestation: null, signer: null, origid: null, source: null };

/** `gatehouse explain`: what became or would become of a call, by which rule, and why no earlier one. Nothing is stored. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description('say what became of a call (--call), or would become of one (--from, --to), and why')
    .option('--call <id>', 'a past call in Redis, by its call id or the SIP Call-ID')
    .option('--since <when>', 'how far back to look for it: 30d, or a date and time', '30d')
    .option('--redis <url>', 'address of Redis; GATEHOUSE_REDIS_URL when left out')
    .option('--show-numbers', 'do not mask the numbers of a past call; the look is noted in the audit log')
    .option('--from <number>', 'caller number, in any writing (left out: none is sent)')
    .option('--to <number>', 'the number that is dialled')
    .option('--name <text>', 'display name of the caller (default: none)')
    .option(
      '--verification <result>',
      'passed-A, passed-B, passed-C, passed, failed or none (default: none)',
      verification,
    )
    .option('--signer <name>', 'who signed the call')
    .option('--withheld', 'the caller keeps the number back')
    .option('--trunk <name>', 'the carrier link', 'carrier')
    .option(
      '--at <time>',
      'when the call comes: 2026-12-24T17:30 by the clock of this machine, or 2026-12-24T17:30-05:00 (default: now)',
    );
  return withHistory(command)
    .option('--rules <dir>', 'directory of the rule files (default: $GATEHOUSE_RULES, else rules)')
    .option('--data <dir>', 'where the serving process keeps lists (default: $GATEHOUSE_DATA)')
    .option('--json', 'for programs')
    .action(explain);
}

function withHistory(command: Command): Command {
  return command
    .option('--passed-before', 'the caller holds a pass')
    .option('--dialled', 'our people dialled the caller lately')
    .option('--expected', 'staff expect the call')
    .option(
      '--count <what=count/window>',
      'what is counted, for example calls=12/10m (may be repeated)',
      readCount,
    )
    .option(
      '--flagged <word>',
      'staff flagged the caller: sales, scam or wanted; scam=3 (may be repeated)',
      readFlag,
    )
    .option('--opted-out', 'the caller was told not to call again')
    .option('--campaign <id>', 'the campaign that the call belongs to')
    .option('--missing-history [why]', 'nothing is known: unavailable, deadline or not-asked', readMissing);
}

async function explain(options: ExplainOptions, command: Command): Promise<void> {
  const { call, to, json } = options;
  if ((call === undefined) === (to === undefined))
    command.error('error: say which call: --call ID for a past one, --to NUMBER for one that may come');
  const data = options.data ?? (process.env.GATEHOUSE_DATA || null);
  const lists = new ListLibrary({ dir: data === null ? null : join(data, 'lists'), serving: false });
  const { policy, problems } = await loadRules(rulesDir(options.rules, process.env), lists);
  if (call !== undefined) return explainPast(call, options, policy);
  if (policy === null) {
    for (const problem of problems) console.error(formatProblem(problem));
    process.exitCode = 1;
    return;
  }
  const facts = factsOf(options, policy, wantedTime('--at', options.at));
  const decision = decide(facts, policy);
  console.log(
    json ? harmlessJson(explanationJson(facts, decision, policy)) : explanationText(facts, decision, policy),
  );
}

async function explainPast(id: string, options: ExplainOptions, policy: Policy | null): Promise<void> {
  const url = options.redis ?? (process.env.GATEHOUSE_REDIS_URL || 'redis://127.0.0.1:6379');
  const outcome = await findRecordedCall(url, id, wantedTime('--since', options.since));
  if (outcome === null)
    throw new Error(`no call ${JSON.stringify(id.slice(0, 80))} was recorded since ${options.since}`);
  const numbers = new PrintedNumbers(options.showNumbers ?? false, 'explain');
  const told = options.json ? pastCallJson : pastCallText;
  await numbers.print(`${told(outcome, policy, numbers.view)}\n`);
}

function wantedTime(option: string, text: string | undefined): number {
  const now = Date.now();
  if (text === undefined) return now;
  const at = pointInTime(text, now);
  if (at === null) throw new Error(`${option} ${JSON.stringify(text)}: wanted 24h, 30d or 2026-03-01T08:00`);
  return at;
}

function verification(text: string): Verification {
  const [, result, attestation] = /^(passed|failed|none)(?:-([ABC]))?$/.exec(text) ?? [];
  if (!result || (attestation && result !== 'passed')) {
    throw new InvalidArgumentError('allowed: passed-A, passed-B, passed-C, passed, failed, none');
  }
  return {
    ...none,
    result: result as Verification['result'],
    attestation: (attestation ?? null) as Verification['attestation'],
    source: result === 'none' ? null : 'asterisk',
  };
}

function factsOf(options: ExplainOptions, policy: Policy, now: number): CallFacts {
  const region = policy.settings.defaultRegion;
  const presentation = options.withheld ? 'prohib' : 'allowed';
  const caller = callerFacts(options.from ?? '', presentation, options.name ?? '', region);
  return {
    callId: 'explain',
    linkedId: 'explain',
    sipCallId: '',
    now,
    caller,
    called: calledFacts(options.to ?? '', region),
    trunk: options.trunk,
    verification: { ...(options.verification ?? none), signer: options.signer ?? null },
    ...hypotheticalHistory(options, caller.number !== null, now),
  };
}
