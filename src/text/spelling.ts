/**
 * The word that was probably meant, or null. It is at most two letters off (one for short words), or as many as
 * `maxLettersOff` allows.
 */
export function nearestWord(
  written: string,
  words: Iterable<string>,
  maxLettersOff = written.length <= 4 ? 1 : 2,
): string | null {
  let best: string | null = null;
  let bestDistance = maxLettersOff + 1;
  for (const word of words) {
    if (word === written) continue;
    const distance = lettersOff(written.toLowerCase().slice(0, 64), word.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  return best;
}

/** `did you mean "customers"? Allowed: …`: the remedy for an unknown word. */
export function wordRemedy(written: unknown, words: readonly string[], kind = 'allowed'): string {
  const meant = typeof written === 'string' ? nearestWord(written, words) : null;
  const allowed = words.length > 0 ? `${kind}: ${words.slice(0, 40).join(', ')}` : `there are no ${kind}`;
  return meant ? `did you mean "${meant}"? ${allowed}` : allowed;
}

/** Levenshtein distance; two neighboring letters swapped count as one (Damerau, optimal string alignment). */
function lettersOff(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(changed, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? a.length;
}
