const wordsABlock = 8;

/** Which of `size` things have something, and how many of those come before each: a bit a thing and a count every 256. */
export interface RankParts {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly before: Uint32Array<ArrayBuffer>;
}

export function rankParts(size: number, has: (at: number) => boolean): RankParts {
  const words = new Uint32Array(Math.ceil(size / 32));
  for (let at = 0; at < size; at++)
    if (has(at)) words[at >>> 5] = (words[at >>> 5] as number) | (1 << (at & 31));
  const before = new Uint32Array(Math.ceil(words.length / wordsABlock));
  let count = 0;
  for (let word = 0; word < words.length; word++) {
    if (word % wordsABlock === 0) before[word / wordsABlock] = count;
    count += onesIn(words[word] as number);
  }
  return { words, before };
}

/** How many before `at` have something, when `at` itself has; else -1. */
export function rankOf({ words, before }: RankParts, at: number): number {
  const word = at >>> 5;
  const own = words[word] as number;
  if (((own >>> (at & 31)) & 1) === 0) return -1;
  const block = Math.floor(word / wordsABlock);
  let count = before[block] as number;
  for (let i = block * wordsABlock; i < word; i++) count += onesIn(words[i] as number);
  return count + onesIn(own & ((1 << (at & 31)) - 1));
}

function onesIn(word: number): number {
  let ones = word - ((word >>> 1) & 0x55555555);
  ones = (ones & 0x33333333) + ((ones >>> 2) & 0x33333333);
  return Math.imul((ones + (ones >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
