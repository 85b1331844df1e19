import { Command, InvalidArgumentError } from 'commander';
import { writtenLevels } from '../call/attack-levels.ts';
import { type CallFacts, everyCalendar, type SiteFacts, type Verification } from '../call/facts.ts';
import type { Outcome } from '../call/outcome.ts';
import { type AttackLevel, attackLevels } from '../call/vocabulary.ts';
import { ListLibrary } from '../lists/list-library.ts';
import { calledFacts, callerFacts } from '../numbers/phone-number.ts';
import { signatureFacts, signatureShape } from '../policy/cases/signature-shape.ts';
import { decide } from '../policy/decide.ts';
import { type Policy, writtenOn } from '../policy/policy.ts';
import { formatProblem, type Problem } from '../policy/problem.ts';
import { signalsOf } from '../policy/signals.ts';
import { loadRules } from '../rules/read-rules.ts';
import {
  explanationJson,
  explanationText,
  pastCallJson,
  pastCallText,
} from '../terminal/explanation-text.ts';
import { wrapped } from '../terminal/screen.ts';
import { wordRemedy } from '../text/spelling.ts';
import { visibleJson } from '../text/visible-text.ts';
import {
  type HistoryOptions,
  hypotheticalHistory,
  readCount,
  readFlag,
  readHeard,
  readMissing,
} from './command/hypothetical-history.ts';
import { type JsonFields, picked, withJsonOption } from './command/json-option.ts';
import {
  listsDir,
  rulesDir,
  showsNumbers,
  timeForms,
  timeOf,
  withListsOption,
  withRedisOption,
  withRulesOption,
} from './command/options.ts';
import { PrintedNumbers } from './command/printed-numbers.ts';
import { withRecords } from './command/redis.ts';
import { CommandError } from './command/run.ts';

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
  readonly signature?: Partial<Verification>;
  readonly withheld?: true;
  readonly closed?: true | string;
  readonly emergencyDialed?: string;
  readonly ownCallOut?: boolean;
  readonly level?: Readonly<Record<string, AttackLevel>>;
  readonly callBackSurge?: true;
  readonly trunk: string;
  readonly at?: string;
  readonly rules?: string;
  readonly data?: string;
  readonly json?: JsonFields;
}

const fields = [
  ...['verdict', 'rule', 'reason', 'policyVersion', 'monitored', 'listedName', 'mode', 'place', 'trace'],
  ...['nearMisses', 'missingFacts', 'facts', 'call', 'recorded', 'sameRules', 'now'],
];

const none: Verification = { result: 'none', attestation: null, signer: null, origid: null, source: null };

/** `gatehouse explain`: the decision on a call, by which rule, and why no earlier one. Nothing is stored. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description('explain the decision on a past call (--call) or on a possible one (--from, --to)')
    .option('--call <id>', 'a past call in Redis, by its call id or SIP Call-ID')
    .option('--since <when>', `how far back to search: ${timeForms}`, '30d')
    .option('--show-numbers', `${showsNumbers} (past call)`)
    .option('--from <number>', 'caller number, in any format (default: none is sent)')
    .option('--to <number>', 'called number')
    .option('--name <text>', 'display name of the caller (default: none)')
    .option(
      '--verification <result>',
      'passed-A, passed-B, passed-C, passed, failed or none (default: none)',
      verification,
    )
    .option('--signer <name>', 'signer of the call')
    .option(
      '--signature <what=value>',
      'what else is known of its signature, as in signer-code=709J (may be repeated)',
      readSignature,
    )
    .option('--withheld', 'the caller withholds the number')
    .option('--trunk <name>', 'trunk of the carrier', 'carrier')
    .option(
      '--at <time>',
      'time of the call: 08:00, yesterday, 2h ago, 2026-12-24T17:30, or 2026-12-24T17:30-05:00 (default: now)',
    );
  withRedisOption(withListsOption(withRulesOption(withHistory(command))));
  return withJsonOption(command, 'one JSON object', fields).action(explain);
}

function withHistory(command: Command): Command {
  return command
    .option('--passed-before', 'the caller holds a pass')
    .option('--dialed', 'staff recently dialed the caller')
    .option('--expected', 'staff expect the call')
    .option(
      '--count <what=count/window>',
      'a count of the history, such as calls=12/10m (may be repeated)',
      readCount,
    )
    .option(
      '--flagged <word>',
      'the caller was flagged: sales, scam or wanted; scam=3 for several times (may be repeated)',
      readFlag,
    )
    .option('--opted-out', 'the caller opted out')
    .option('--weaker-verification', 'calls of this number are usually signed A')
    .option('--heard <tone>', 'the caller was heard before: fax or tty (may be repeated)', readHeard)
    .option(
      '--own-call-out <yes|no>',
      'whether a call of ours that shows the caller number is in progress (default: not known)',
      readYesNo,
    )
    .option('--campaign <id>', 'campaign of the call')
    .option('--closed [calendar]', 'closed by hand: all calendars, or this one')
    .option('--emergency-dialed <ago>', 'somebody here dialed an emergency number so long ago: 10m')
    .option(
      '--level <level>',
      'attack level: attack, or called-number=elevated, billing=attack (may be repeated)',
      readLevel,
    )
    .option('--call-back-surge', 'the called number was forged, and people call it back')
    .option(
      '--missing-history [why]',
      'the history is missing: unavailable, deadline or not-asked',
      readMissing,
    );
}

async function explain(options: ExplainOptions, command: Command): Promise<void> {
  const { call, to, json } = options;
  if ((call === undefined) === (to === undefined))
    command.error('error: choose a call: --call ID for a past one, --to NUMBER for a possible one');
  const lists = new ListLibrary({ dir: listsDir(options.data), serving: false });
  const { policy: accepted, draft, problems } = await loadRules(rulesDir(options.rules), lists);
  if (accepted === null && draft)
    for (const one of problems.filter(isError)) console.error(wrapped(formatProblem(one)));
  const policy = accepted ?? draft ?? null;
  if (call !== undefined) return explainPast(call, options, policy);
  if (policy === null) {
    for (const problem of problems) console.error(wrapped(formatProblem(problem)));
    process.exitCode = 1;
    return;
  }
  const facts = factsOf(
    options,
    policy,
    timeOf('--at', options.at, Date.now(), policy.settings.timeZone ?? undefined),
  );
  const decision = decide(facts, policy);
  console.log(
    json
      ? visibleJson(picked(explanationJson(facts, decision, policy), json))
      : wrapped(explanationText(facts, decision, policy)),
  );
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}

async function explainPast(id: string, options: ExplainOptions, policy: Policy | null): Promise<void> {
  const outcome = await findRecordedCall(options.redis, id, timeOf('--since', options.since));
  if (outcome === null)
    throw new CommandError(
      'no-such-call',
      `no call ${JSON.stringify(id.slice(0, 80))} since ${options.since}`,
    );
  const numbers = new PrintedNumbers(options.showNumbers ?? false, 'explain');
  const { view } = numbers;
  const text = options.json
    ? visibleJson(picked(pastCallJson(outcome, policy, view), options.json))
    : wrapped(pastCallText(outcome, policy, view));
  await numbers.print(`${text}\n`);
}

/** The outcome of one call, by its call id or SIP Call-ID; null when there is none since then (epoch ms). */
export function findRecordedCall(
  url: string | undefined,
  id: string,
  since: number,
): Promise<Outcome | null> {
  return withRecords(url, async ({ records }) => {
    const outcome = (await records.call(id))?.outcome ?? null;
    return outcome !== null && outcome.facts.now >= since ? outcome : null;
  });
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

/** Reads `signer-code=709J`; adds to those before. */
function readSignature(text: string, before: Partial<Verification> = {}): Partial<Verification> {
  const [key = '', ...rest] = text.split('=');
  const value = rest.join('=');
  const { data, error } = signatureShape.safeParse({
    [key]: key === 'contradicted' ? value === 'true' : value,
  });
  if (error)
    throw new InvalidArgumentError(error.issues[0]?.message.replace('\n', ': ') ?? 'write what=value');
  return { ...before, ...signatureFacts(data) };
}

function readYesNo(text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new InvalidArgumentError('write yes or no');
}

/** Reads `attack`, of the board, or `billing=attack`; adds to those before. */
function readLevel(
  text: string,
  before: Readonly<Record<string, AttackLevel>> = {},
): Readonly<Record<string, AttackLevel>> {
  const [, of = 'board', level] = /^(?:([a-z][a-z0-9-]*)=)?([a-z]+)$/.exec(text) ?? [];
  if (!attackLevels.has(level))
    throw new InvalidArgumentError(
      'write elevated or attack; called-number=attack or LIST=attack for others',
    );
  return { ...before, [of]: level };
}

/** @throws CommandError `unknown-calendar`, `unknown-list`, `time-range` */
function siteOf(options: ExplainOptions, policy: Policy, now: number): SiteFacts {
  const { closed, emergencyDialed, level = {}, callBackSurge } = options;
  if (typeof closed === 'string' && !policy.calendars.has(closed)) {
    const remedy = wordRemedy(closed, [...policy.calendars.keys()], 'calendars');
    throw new CommandError('unknown-calendar', `there is no calendar "${closed}"; ${remedy}`);
  }
  const list = Object.keys(level).find(
    (of) => of !== 'board' && of !== 'called-number' && !policy.lists.has(of),
  );
  if (list !== undefined) {
    const remedy = wordRemedy(list, ['board', 'called-number', ...policy.lists.keys()], 'words and lists');
    throw new CommandError('unknown-list', `there is no list "${list}"; ${remedy}`);
  }
  return {
    levels: writtenLevels(level),
    ...(callBackSurge && { callBackSurge }),
    ...(closed !== undefined && { closed: [closed === true ? everyCalendar : closed] }),
    ...(emergencyDialed !== undefined && {
      emergencyDialedAt: timeOf('--emergency-dialed', emergencyDialed, now),
    }),
  };
}

function factsOf(options: ExplainOptions, policy: Policy, now: number): CallFacts {
  const facts = shownFacts(options, policy, now);
  const signals = signalsOf(facts, policy);
  return { ...facts, ...(signals && { signals }) };
}

function shownFacts(options: ExplainOptions, policy: Policy, now: number): CallFacts {
  const presentation = options.withheld ? 'prohib' : 'allowed';
  const [from, region] = writtenOn(policy, options.trunk, options.from ?? '', 'caller');
  const caller = callerFacts(from, presentation, options.name ?? '', region);
  return {
    callId: 'explain',
    linkedId: 'explain',
    sipCallId: '',
    now,
    caller,
    called: calledFacts(...writtenOn(policy, options.trunk, options.to ?? '', 'called')),
    trunk: options.trunk,
    verification: {
      ...(options.verification ?? none),
      signer: options.signer ?? null,
      ...options.signature,
    },
    ...hypotheticalHistory(options, caller.number !== null, now, policy.windows),
    site: siteOf(options, policy, now),
    ...(options.ownCallOut !== undefined && { signals: { ownCallOut: options.ownCallOut } }),
  };
}
