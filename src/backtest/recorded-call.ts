import type { CallFacts } from '../policy/facts.ts';
import type { Decision, Verdict } from '../policy/verdict.ts';
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
  wasDecided(rule: string, verdict: Verdict): boolean;
  /** Null for facts alone, and for a call that never met the policy. */
  decision(): RecordedDecision | null;
  /** Ended at a person or a queue, by whatever way. */
  connected(): boolean;
}

/** One line of JSON: an Outcome or CallFacts. Null when it is neither. */
export function recordedCall(line: Buffer): RecordedCall | null {
  const text = line.toString('utf8');
  return asWritten(text) ?? asAnyJson(text);
}

/**
 * An outcome as this program writes it, of which only the facts are read: the trace and the rest are two thirds of it.
 * Nothing that a caller sent can look like these marks: in JSON a quote inside a string is escaped (RFC 8259, section 7).
 */
function asWritten(text: string): RecordedCall | null {
  if (!text.startsWith('{"schema":1,"callId":"')) return null;
  const factsAt = text.indexOf(',"facts":{');
  const decisionAt = text.indexOf(',"decision":', factsAt);
  if (factsAt < 0 || decisionAt < 0) return null;
  const traceAt = text.startsWith('{', decisionAt + 12) ? text.indexOf(',"trace":[', decisionAt) : decisionAt;
  const tailAt = traceAt < 0 ? -1 : text.indexOf(',"challenge":', traceAt);
  const bypassAt = tailAt < 0 ? -1 : text.indexOf(',"bypass":', tailAt);
  if (bypassAt < 0) return null;
  const facts = parsed(text.slice(factsAt + 9, decisionAt));
  if (!isFacts(facts)) return null;
  let whole: RecordedCall | null = null;
  const readWhole = () => {
    whole ??= asAnyJson(text);
    return whole;
  };
  return {
    facts,
    bypassed: !text.startsWith('null', bypassAt + 10),
    wasDecided: (rule, verdict) =>
      text.startsWith(
        `{"verdict":${JSON.stringify(verdict)},"rule":${JSON.stringify(rule)},`,
        decisionAt + 12,
      ),
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
    isNumberOrNull(caller.number) &&
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
