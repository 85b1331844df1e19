import type { Flag } from '../policy/facts.ts';
import { flagWords } from '../screening/caller-flags.ts';

/** Counts by word, from what HGETALL gives a script: word, count, word, count. What is no count is left out. */
export function flagCounts(row: unknown): { [F in Flag]?: number } {
  const pairs = Array.isArray(row) ? row : [];
  return Object.fromEntries(
    flagWords.flatMap((word) => {
      const at = pairs.indexOf(word);
      return at % 2 === 0 && Number(pairs[at + 1]) > 0 ? [[word, Number(pairs[at + 1])]] : [];
    }),
  );
}
