import type { CallFacts } from '../call/facts.ts';
import type { ConnectVerdict, Decision, Verdict } from '../call/verdict.ts';
import { verdictKinds } from '../call/vocabulary.ts';
import { isPseudonym } from '../privacy/kept-caller.ts';
import { sameVerdict } from './destination.ts';

/** What was decided when the call came. */
export interface RecordedDecision extends Pick<Decision, 'rule' | 'reason' | 'policyVersion' | 'listedName'> {
  readonly verdict: Verdict;
}

export interface RecordedCall {
  readonly facts: CallFacts;
  /** Reached the operators without its decision being carried out. */
  readonly bypassed: boolean;
  /** True when the recorded decision is this one to the letter; compared as bytes, without parsing. */
  wasDecided(rule: string, verdict: Verdict, texts: DecisionText): boolean;
  /** Null for facts alone, and for a call for which no rule was evaluated. */
  decision(): RecordedDecision | null;
  /** Ended at a person or a queue, by whichever route. */
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
 * An outcome as Gatehouse writes it. Only the facts, a third of it, are parsed. Nothing a caller sent can look like these
 * marks: in JSON a quote inside a string is escaped (RFC 8259, section 7).
 */
function asWritten(line: Buffer): RecordedCall | null {
  if (line.toString('latin1', 0, begins.length) !== begins) return null;
  const factsAt = line.indexOf(marks.facts);
  const decisionAt = factsAt < 0 ? -1 : line.indexOf(marks.decision, factsAt);
  if (decisionAt < 0) return null;
  const headAt = decisionAt + marks.decision.length;
  const headEnds = line[headAt] === openBrace ? line.indexOf(marks.trace, headAt) : headAt;
  // From the end, because the trace is long.
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

function isDecision(value: unknown): value is RecordedDecision {
  return (
    isRecord(value) &&
    isRecord(value.verdict) &&
    verdictKinds.has(value.verdict.kind) &&
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

interface Written {
  /** The verdict without its label. */
  readonly verdict: Verdict;
  readonly before: string;
  readonly after: string;
}

/** No rule file can have this label: control characters are not allowed. */
const mark = '\u0001';

/**
 * How a decision begins in a record: `{"verdict":…,"rule":…,`. Calls of one rule mostly differ in the label alone, so the
 * rest is built once.
 */
export class DecisionText {
  readonly #written = new Map<string, Written>();

  of(rule: string, verdict: Verdict): string {
    const label = labelOf(verdict);
    const bare = label === null ? verdict : withLabel(verdict, mark);
    let written = this.#written.get(rule);
    if (written === undefined || !sameVerdict(written.verdict, bare)) {
      const text = `{"verdict":${JSON.stringify(bare)},"rule":${JSON.stringify(rule)},`;
      const [before = '', after = ''] = label === null ? [text] : text.split(JSON.stringify(mark));
      written = { verdict: bare, before, after };
      this.#written.set(rule, written);
    }
    return label === null ? written.before : written.before + JSON.stringify(label) + written.after;
  }
}

/** The one label that depends on the call, where there is one. */
function labelOf(verdict: Verdict): string | null {
  if (verdict.kind === 'connect') return verdict.label;
  return verdict.kind === 'challenge' ? verdict.passed.label : null;
}

function withLabel(verdict: Verdict, label: string): Verdict {
  if (verdict.kind === 'connect') return { ...verdict, label };
  if (verdict.kind !== 'challenge') return verdict;
  const passed: ConnectVerdict = { ...verdict.passed, label };
  return { ...verdict, passed };
}
