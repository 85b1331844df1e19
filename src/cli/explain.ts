import { Command, InvalidArgumentError } from 'commander';
import { decide } from '../policy/decide.ts';
import type { CallFacts, Verification } from '../policy/facts.ts';
import { calledFacts, callerFacts } from '../policy/phone-number.ts';
import type { Policy } from '../policy/policy.ts';
import { formatProblem } from '../policy/problem.ts';
import { loadRules } from '../rules/load-rules.ts';
import { rulesDir } from '../rules/rules-dir.ts';
import { explanationText } from './explanation.ts';

interface ExplainOptions {
  readonly from?: string;
  readonly to: string;
  readonly name: string;
  readonly verification: Verification;
  readonly withheld?: true;
  readonly passedBefore?: true;
  readonly trunk: string;
  readonly rules?: string;
  readonly json?: true;
}

const none: Verification = { result: 'none', attestation: null, signer: null, origid: null, source: null };

/** `gatehouse explain`: what would become of a call, by which rule, and why no earlier one. Nothing is stored. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('say what would become of a call, and why')
    .option('--from <number>', 'caller number, in any writing (left out: none is sent)')
    .requiredOption('--to <number>', 'the number that is dialled')
    .option('--name <text>', 'display name of the caller', '')
    .option(
      '--verification <result>',
      'passed-A, passed-B, passed-C, passed, failed or none',
      verification,
      none,
    )
    .option('--withheld', 'the caller keeps the number back')
    .option('--passed-before', 'the caller holds a pass')
    .option('--trunk <name>', 'the carrier link', 'carrier')
    .option('--rules <dir>', 'directory of the rule files (default: $GATEHOUSE_RULES, else rules)')
    .option('--json', 'for programs')
    .action(async (options: ExplainOptions) => {
      const { policy, problems } = await loadRules(rulesDir(options.rules, process.env));
      if (!policy) {
        for (const problem of problems) console.error(formatProblem(problem));
        process.exitCode = 1;
        return;
      }
      const facts = factsOf(options, policy, Date.now());
      const decision = decide(facts, policy);
      if (!options.json) {
        console.log(explanationText(facts, decision, policy));
        return;
      }
      const places = new Map(policy.rules.map((rule) => [rule.id, rule.place]));
      const trace = decision.trace.map((entry) => ({ ...entry, place: places.get(entry.rule) ?? null }));
      console.log(JSON.stringify({ ...decision, place: places.get(decision.rule) ?? null, trace, facts }));
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

function factsOf(options: ExplainOptions, policy: Policy, now: number): CallFacts {
  const region = policy.settings.defaultRegion;
  const presentation = options.withheld ? 'prohib' : 'allowed';
  const caller = callerFacts(options.from ?? '', presentation, options.name, region);
  return {
    callId: 'explain',
    linkedId: 'explain',
    sipCallId: '',
    now,
    caller,
    called: calledFacts(options.to, region),
    trunk: options.trunk,
    verification: options.verification,
    history: caller.number === null ? null : { passUntil: options.passedBefore ? now + 3_600_000 : null },
    noHistoryReason: caller.number === null ? 'no-number' : null,
  };
}
