import { type NumberPattern, patternWords } from '../../../numbers/number-pattern.ts';
import type { NumberList } from '../../number-list.ts';
import type { Policy } from '../../policy.ts';

/** Rows of a list that came, went, or say something else; `+13175550123`, `+1317555*`. */
export interface ListChange {
  readonly list: string;
  /** Null: it is in both policies. */
  readonly declared: 'added' | 'removed' | null;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  readonly added: number;
  readonly removed: number;
  /** Of another name or date of expiry. */
  readonly changed: number;
  readonly examples: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  /** True: too many rows to compare their names and dates. */
  readonly namesNotCompared: boolean;
}

/** A list change with the rows that the search needs. */
export interface FoundListChange extends ListChange {
  readonly rows: readonly NumberPattern[];
}

const mostExamples = 5;
/** Names of larger lists, which are feeds, are not compared. */
const mostNamed = 200_000;
/** For the search; what is beyond is counted all the same. */
const mostKept = 5000;

/** Lists whose rows differ, and lists that one policy has alone. */
export function listChanges(before: Policy, after: Policy): FoundListChange[] {
  const ids = [...new Set([...before.lists.keys(), ...after.lists.keys()])];
  return ids.flatMap((id) => {
    const [old, now] = [before.lists.get(id), after.lists.get(id)];
    const change = compared(id, old, now);
    const isChange = change.declared !== null || change.added + change.removed + change.changed > 0;
    return isChange ? [change] : [];
  });
}

function compared(id: string, old: NumberList | undefined, now: NumberList | undefined): FoundListChange {
  const [before, after] = [rowsOf(old), rowsOf(now)];
  const [added, removed, changed] = [new Gathered(), new Gathered(), new Gathered()];
  for (const number of after.numbers) if (!before.numbers.has(number)) added.add(exact(number));
  for (const number of before.numbers) if (!after.numbers.has(number)) removed.add(exact(number));
  const isNamed = before.numbers.size <= mostNamed && after.numbers.size <= mostNamed;
  if (isNamed && old && now)
    for (const number of before.numbers)
      if (after.numbers.has(number) && rowWords(old, number) !== rowWords(now, number))
        changed.add(exact(number));
  for (const [words, { pattern }] of after.patterns) if (!before.patterns.has(words)) added.add(pattern);
  for (const [words, { pattern, says }] of before.patterns) {
    const still = after.patterns.get(words);
    if (still === undefined) removed.add(pattern);
    else if (still.says !== says) changed.add(pattern);
  }
  return {
    list: id,
    declared: old === undefined ? 'added' : now === undefined ? 'removed' : null,
    rowsBefore: before.numbers.size + before.patterns.size,
    rowsAfter: after.numbers.size + after.patterns.size,
    ...{ added: added.count, removed: removed.count, changed: changed.count },
    examples: { added: added.words, removed: removed.words, changed: changed.words },
    namesNotCompared: !isNamed,
    rows: [...added.kept, ...removed.kept, ...changed.kept],
  };
}

class Gathered {
  count = 0;
  readonly kept: NumberPattern[] = [];

  add(row: NumberPattern): void {
    this.count++;
    if (this.count <= mostKept) this.kept.push(row);
  }

  get words(): string[] {
    return this.kept.slice(0, mostExamples).map(patternWords);
  }
}

interface Rows {
  readonly numbers: ReadonlySet<string>;
  /** By their words; `says`: name and date of expiry. */
  readonly patterns: ReadonlyMap<string, { readonly pattern: NumberPattern; readonly says: string }>;
}

function rowsOf(list: NumberList | undefined): Rows {
  if (list === undefined) return { numbers: new Set(), patterns: new Map() };
  const patterns = list.patterns.map(({ kind, from, to, name, expiresAt }) => {
    const pattern: NumberPattern = kind === 'prefix' ? { kind, prefix: from } : { kind, from, to };
    return [patternWords(pattern), { pattern, says: says(name, expiresAt) }] as const;
  });
  return { numbers: new Set(list.numbers()), patterns: new Map(patterns) };
}

function rowWords(list: NumberList, number: string): string {
  const row = list.locate(number, 0).find(({ kind }) => kind === 'exact');
  return row === undefined ? '' : says(row.name, row.expiresAt);
}

function says(name: string | null, expiresAt: number | null): string {
  return `${name ?? ''} ${expiresAt ?? ''}`;
}

function exact(number: string): NumberPattern {
  return { kind: 'exact', number };
}
