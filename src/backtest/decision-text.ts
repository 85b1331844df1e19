import type { ConnectVerdict, Verdict } from '../policy/verdict.ts';
import { sameVerdict } from './fate.ts';

interface Written {
  /** The verdict without its label. */
  readonly verdict: Verdict;
  readonly before: string;
  readonly after: string;
}

/** A label that no rule file can hold: labels have no control characters. */
const mark = '\u0001';

/**
 * How the beginning of a decision stands in a record: `{"verdict":…,"rule":…,`. The calls of one rule mostly differ in the
 * label alone, so that the rest is written once.
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
