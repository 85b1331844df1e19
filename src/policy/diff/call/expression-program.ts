import { RE2JS } from 're2js';

/** One step of what RE2 makes of an expression: it reads a character, or only leads on. */
interface Step {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  /** One character, or pairs of first and last. */
  readonly runes: ArrayLike<number>;
  matchRune(code: number): boolean;
}

/** Operations of RE2's programs as re2js numbers them, and what an empty step may ask. */
const op = {
  alt: 1,
  altMatch: 2,
  capture: 3,
  empty: 4,
  fail: 5,
  match: 6,
  nop: 7,
  rune: 8,
  any: 10,
  anyButNewline: 11,
};
const asks = { beginLine: 1, endLine: 2, beginText: 4, endText: 8, wordBoundary: 16, noWordBoundary: 32 };
const foldsCase = 1;
const newline = 10;
const mostSteps = 2000;

/** Where an expression stands in a text: steps that are reached; `matched`: it has been found. */
export interface Standing {
  readonly steps: readonly number[];
  readonly matched: boolean;
}

/** An RE2 expression, to be followed through texts character by character. Capital and small letters are the same. */
export class ExpressionProgram {
  readonly #steps: readonly Step[];
  readonly #start: number;
  /** Characters at which what it reads may change. */
  readonly boundaries: readonly number[];

  private constructor(steps: readonly Step[], start: number, boundaries: readonly number[]) {
    this.#steps = steps;
    this.#start = start;
    this.boundaries = boundaries;
  }

  /** Null: it is not valid, too large, or has what is not followed here. */
  static of(source: string): ExpressionProgram | null {
    try {
      const compiled: unknown = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
      // Not among its declared fields. Were it to change, nothing would be proven and the tests would say so.
      const { re2Input } = compiled as { readonly re2Input?: { readonly prog?: Program } };
      const { inst, start } = re2Input?.prog ?? {};
      if (inst === undefined || start === undefined || inst.length > mostSteps) return null;
      const boundaries = inst.flatMap((step) => boundariesOf(step) ?? [Number.NaN]);
      return boundaries.some(Number.isNaN) ? null : new ExpressionProgram(inst, start, boundaries);
    } catch {
      return null;
    }
  }

  get begun(): Standing {
    return { steps: [], matched: false };
  }

  /**
   * Goes on by one character. @param before the last one, or null at the beginning. @param next null: the text ends
   */
  after({ steps, matched }: Standing, before: number | null, next: number | null): Standing {
    if (matched) return { steps: [], matched };
    const reached = this.#reached([...steps, this.#start], conditionsAt(before, next));
    if (reached.some((at) => this.#steps[at]?.op === op.match)) return { steps: [], matched: true };
    if (next === null) return { steps: [], matched: false };
    const onward = reached.flatMap((at) => {
      const step = this.#steps[at] as Step;
      return reads(step, next) ? [step.out] : [];
    });
    return { steps: [...new Set(onward)].sort((a, b) => a - b), matched: false };
  }

  #reached(from: readonly number[], conditions: number): readonly number[] {
    const found = new Set<number>();
    const open = [...from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const step = this.#steps[at];
      if (step === undefined || found.has(at)) continue;
      found.add(at);
      if (step.op === op.alt || step.op === op.altMatch) open.push(step.out, step.arg);
      else if (step.op === op.capture || step.op === op.nop) open.push(step.out);
      else if (step.op === op.empty && (step.arg & ~conditions) === 0) open.push(step.out);
    }
    return [...found];
  }
}

interface Program {
  readonly inst?: readonly Step[];
  readonly start?: number;
}

function reads(step: Step, code: number): boolean {
  if (step.op === op.any) return true;
  if (step.op === op.anyButNewline) return code !== newline;
  return step.op >= op.rune && step.op < op.any && step.matchRune(code);
}

/** Null: the step does what is not followed here. */
function boundariesOf(step: Step): number[] | null {
  if (step.op > op.anyButNewline) return null;
  if (step.op !== op.rune && step.op !== op.rune + 1) return [];
  const [only = 0] = Array.from(step.runes);
  if (step.runes.length > 1) return Array.from(step.runes, (code, at) => (at % 2 === 0 ? code : code + 1));
  if ((step.arg & foldsCase) === 0) return [only, only + 1];
  // Beyond ASCII more than two letters may be the same.
  if (only > 127) return null;
  const letter = String.fromCharCode(only);
  const both = [letter.toLowerCase(), letter.toUpperCase()].map((one) => one.charCodeAt(0));
  // The long s and the sign of the kelvin.
  return [...both, 0x17f, 0x212a].flatMap((code) => [code, code + 1]);
}

function conditionsAt(before: number | null, next: number | null): number {
  const isBoundary = isWord(before) !== isWord(next);
  return (
    (before === null ? asks.beginText : 0) |
    (before === null || before === newline ? asks.beginLine : 0) |
    (next === null ? asks.endText : 0) |
    (next === null || next === newline ? asks.endLine : 0) |
    (isBoundary ? asks.wordBoundary : asks.noWordBoundary)
  );
}

export function isWord(code: number | null): boolean {
  return code !== null && code < 128 && /\w/.test(String.fromCharCode(code));
}
