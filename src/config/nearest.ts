/** The candidate that is fewest edits away from a misspelt word, or null when none is near (a third of its length). */
export function nearest<T extends string>(word: string, candidates: readonly T[]): T | null {
  const short = word.slice(0, 64);
  let best: T | null = null;
  let fewest = Math.floor(short.length / 3) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(short, candidate);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
