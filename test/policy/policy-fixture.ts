import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CallFacts, Verification } from '../../src/call/facts.ts';
import { callerFacts } from '../../src/numbers/phone-number.ts';
import { type CompileResult, compilePolicy } from '../../src/policy/compile/compile.ts';
import { declaredLists, type ReadyList } from '../../src/policy/compile/declared-lists.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { formatProblem } from '../../src/policy/problem.ts';
import type { HolidayFinder } from '../../src/policy/time/holidays.ts';
import { compileList } from '../lists/compile-list.ts';

/** rules/prompts.yaml. */
export const shippedPrompts = readFileSync(new URL('../../rules/prompts.yaml', import.meta.url), 'utf8');

/** 12 March 2026, a Thursday, noon UTC. */
export const noon = Date.UTC(2026, 2, 12, 12);

const claimedNames = readFileSync(new URL('../../rules/claimed-names.yaml', import.meta.url), 'utf8');

const head = `settings:
  default-region: US
  own-numbers: "+13175550100..+13175550109"
  language: en
  called-languages: { "+13175550105": es }
  voicemail-box: general
`;
const everyoneElse = `
  - id: everyone-else
    then: { challenge: press-1 }
`;

/** Compiles rules (YAML list items, two blanks in) before a last rule for everyone, with these list files; `decoys.txt` has decoys. */
export function compileRules(rules: string, lists: Record<string, string> = {}): CompileResult {
  const declared = Object.keys(lists).map(
    (file) => `  ${file.replace(/\..*/, '')}: { file: lists/${file}, in-use: false }\n`,
  );
  const settings = Object.hasOwn(lists, 'decoys.txt') ? `${head}  decoys: decoys\n` : head;
  const policy = `${settings}${declared.length > 0 ? `lists:\n${declared.join('')}` : ''}rules:\n${rules}${everyoneElse}`;
  const compiled = compileFiles({
    'policy.yaml': policy,
    'prompts.yaml': shippedPrompts,
    'claimed-names.yaml': claimedNames,
    ...inLists(lists),
  });
  // Which trunks and exits a site has is not said here.
  return {
    ...compiled,
    problems: compiled.problems.filter(({ code }) => !/^(unchecked|similar)-/.test(code)),
  };
}

export function compileFiles(
  files: Record<string, string>,
  more: { readonly holidays?: HolidayFinder; readonly now?: number } = {},
): CompileResult {
  return compilePolicy({
    ...more,
    root: 'rules',
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    lists: compiledLists(files),
  });
}

/** The lists that the policy declares and that are among the files. */
function compiledLists(files: Record<string, string>): Map<string, ReadyList> {
  const { lists: declared, region } = declaredLists(files['policy.yaml'] ?? '');
  const lists = new Map<string, ReadyList>();
  if (region === null) return lists;
  for (const { id, source, reading } of declared) {
    const text = source.kind === 'file' ? files[source.path] : undefined;
    if (source.kind !== 'file' || text === undefined) continue;
    const compiled = compileList({ id, file: `rules/${source.path}`, text, ...reading }, region);
    lists.set(id, { ...compiled, digest: createHash('sha256').update(text).digest('hex') });
  }
  return lists;
}

export function policyOf({ policy, problems }: CompileResult): Policy {
  if (!policy) throw new Error(problems.map(formatProblem).join('\n'));
  return policy;
}

/** A policy of one rule with the id `asked`, which connects. */
export function policyAsking(when: string, lists: Record<string, string> = {}): Policy {
  return policyOf(compileRules(`  - id: asked\n    when: ${when}\n    then: connect`, lists));
}

export const noVerification: Verification = {
  result: 'none',
  attestation: null,
  signer: null,
  origid: null,
  source: null,
};

export function passed(attestation: Verification['attestation']): Verification {
  return { ...noVerification, result: 'passed', attestation, source: 'asterisk' };
}

/** A call from `number` (any writing, US) to +13175550100, with a history that holds no pass. */
export function callFrom(number: string, changes: Partial<CallFacts> & { name?: string } = {}): CallFacts {
  const { name = 'Jo Caller', ...rest } = changes;
  return {
    callId: 'node/1.1',
    linkedId: '1.1',
    sipCallId: 'abc@carrier.example',
    now: noon,
    caller: callerFacts(number, 'allowed_not_screened', name, 'US'),
    called: { number: '+13175550100', raw: '3175550100' },
    trunk: 'carrier',
    verification: noVerification,
    history: { passUntil: null },
    noHistoryReason: null,
    ...rest,
  };
}

function inLists(lists: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(lists).map(([file, text]) => [`lists/${file}`, text]));
}
