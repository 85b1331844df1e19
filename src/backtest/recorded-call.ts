import type { CallFacts } from '../policy/facts.ts';
import { isPseudonym } from '../policy/kept-caller.ts';
import type { Decision, Verdict } from '../policy/verdict.ts';
import type { DecisionText } from './decision-text.ts';
import { sameVerdict } from './fate.ts';

/** What was decided when the call came. */
export interface RecordedDecision extends Pick<Decision, 'rule' | 'reason' | 'policyVersion' | 'listedName'> {
  readonly verdict: Verdict;
}

export interface RecordedCall {
  readonly facts: CallFacts;
  /** Reached the operators without its decision being carried out. */
  readonly bypassed: boolean;
  /** True when the recorded decision is this one to the letter: told without reading it, which is what most calls need. */
  wasDecided(rule: string, verdict: Verdict, texts: DecisionText): boolean;
  /** Null for facts alone, and for a call that never met the policy. */
  decision(): RecordedDecision | null;
  /** Ended at a person or a queue, by whatever way. */
  connected(): boolean;
}

/** One line of JSON: an Outcome or CallFacts. Null when it is neither. */
export function recordedCall(line: Buffer): RecordedCall | null {
  return asWritten(line) ?? asAnyJson(line.toString('utf8'));
}

const begins = '{"schema":1,"callId":"';
const marks = {
  facts: Buffer.from(',"facts":{'),
  decision: Buffer.from(',"decision":'),
  trace: Buffer.from(',"trace":['),
  bypass: Buffer.from(',"bypass":'),
};
const openBrace = 0x7b;

/**
 * An outcome as this program writes it, of which only the facts are read: the trace and the rest are two thirds of it.
 * Nothing that a caller sent can look like these marks: in JSON a quote inside a string is escaped (RFC 8259, section 7).
 */
function asWritten(line: Buffer): RecordedCall | null {
  if (line.toString('latin1', 0, begins.length) !== begins) return null;
  const factsAt = line.indexOf(marks.facts);
  const decisionAt = factsAt < 0 ? -1 : line.indexOf(marks.decision, factsAt);
  if (decisionAt < 0) return null;
  const headAt = decisionAt + marks.decision.length;
  const headEnds = line[headAt] === openBrace ? line.indexOf(marks.trace, headAt) : headAt;
  // From the end, past which little comes: the trace is long.
  const bypassAt = headEnds < 0 ? -1 : line.lastIndexOf(marks.bypass);
  if (bypassAt < headEnds || bypassAt < 0) return null;
  const facts = parsed(line.toString('utf8', factsAt + marks.facts.length - 1, decisionAt));
  if (!isFacts(facts)) return null;
  let whole: RecordedCall | null = null;
  const readWhole = () => {
    whole ??= asAnyJson(line.toString('utf8'));
    return whole;
  };
  return {
    facts,
    bypassed: line[bypassAt + marks.bypass.length] === openBrace,
    wasDecided: (rule, verdict, texts) =>
      line.toString('utf8', headAt, headEnds).startsWith(texts.of(rule, verdict)),
    decision: () => readWhole()?.decision() ?? null,
    connected: () => readWhole()?.connected() ?? false,
  };
}

function asAnyJson(text: string): RecordedCall | null {
  const value = parsed(text);
  if (!isRecord(value)) return null;
  if (isFacts(value)) return readCall(value, null, false, false);
  const { facts, decision, bypass, exit } = value;
  if (!isFacts(facts)) return null;
  return readCall(
    facts,
    isDecision(decision) ? decision : null,
    isRecord(bypass),
    isRecord(exit) && exit.kind === 'connect',
  );
}

function readCall(
  facts: CallFacts,
  decision: RecordedDecision | null,
  bypassed: boolean,
  connected: boolean,
): RecordedCall {
  return {
    facts,
    bypassed,
    wasDecided: (rule, verdict) => decision?.rule === rule && sameVerdict(decision.verdict, verdict),
    decision: () => decision,
    connected: () => connected,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const verdictKinds: readonly unknown[] = ['connect', 'challenge', 'voicemail', 'reject'];

function isDecision(value: unknown): value is RecordedDecision {
  return (
    isRecord(value) &&
    isRecord(value.verdict) &&
    verdictKinds.includes(value.verdict.kind) &&
    typeof value.rule === 'string' &&
    typeof value.policyVersion === 'string'
  );
}

/** What every condition may rely on; the rest of the facts may be absent, as older records are. */
function isFacts(value: unknown): value is CallFacts {
  if (!isRecord(value) || typeof value.now !== 'number' || typeof value.trunk !== 'string') return false;
  const { caller, called, verification, history } = value;
  return (
    isRecord(caller) &&
    (isNumberOrNull(caller.number) || isPseudonym(String(caller.number))) &&
    typeof caller.displayName === 'string' &&
    isRecord(called) &&
    isNumberOrNull(called.number) &&
    isRecord(verification) &&
    (history === null || history === undefined || isRecord(history))
  );
}

function isNumberOrNull(value: unknown): boolean {
  return value === null || (typeof value === 'string' && value.startsWith('+'));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
