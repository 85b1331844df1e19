import type { NumberPattern } from '../../../numbers/number-pattern.ts';

/** Where numbers are taken from when the rules name none: fictitious ones, and ranges of several plans. */
const usual = [
  '+12025550143',
  '+13175550143',
  '+442079460123',
  '+18005550199',
  '+61255501234',
  '+10000000000',
];
const usualBeginnings = ['+1317555', '+1202', '+1800', '+1', '+1555', '+44', '+447', '+49', '+61', '+7'];
const lengths = [12, 13, 11, 14, 10];

/**
 * Numbers (E.164) for each pattern, and around it: its ends and their neighbors, and some within. The same at each run.
 * @param each how many within a prefix
 */
export function* someNumbers(patterns: readonly NumberPattern[], each: number): Generator<string> {
  yield* usual;
  const draw = seeded(1);
  for (const pattern of patterns) yield* numbersOf(pattern, each, draw);
  for (const beginning of usualBeginnings) yield* completed(beginning, each, draw);
}

/** Numbers within one pattern, and its neighbors. */
export function* numbersOf(pattern: NumberPattern, each: number, draw = seeded(7)): Generator<string> {
  switch (pattern.kind) {
    case 'exact':
      yield pattern.number;
      if (pattern.number.startsWith('+')) yield* neighbors(pattern.number);
      break;
    case 'prefix':
      yield* completed(pattern.prefix, each, draw);
      for (const neighbor of neighbors(pattern.prefix)) yield* completed(neighbor, 2, draw);
      break;
    case 'range': {
      const [from, to] = [Number(pattern.from), Number(pattern.to)];
      yield* [pattern.from, `+${Math.floor((from + to) / 2)}`, pattern.to];
      yield* [`+${from - 1}`, `+${to + 1}`];
      for (let i = 0; i < each; i++) yield `+${from + Math.floor(draw() * (to - from + 1))}`;
    }
  }
}

/** The number before and the one after. */
function neighbors(number: string): string[] {
  const n = Number(number);
  return [`+${n - 1}`, `+${n + 1}`].filter((one) => one.length === number.length);
}

function* completed(prefix: string, each: number, draw: () => number): Generator<string> {
  if (prefix.startsWith('+1') && prefix.length <= 8) {
    // 555-0100 to 555-0199 belong to nobody.
    const fictitious = `${prefix}${'+1317555'.slice(prefix.length)}0${100 + Math.floor(draw() * 100)}`;
    if (/^\+1[2-9]\d\d[2-9]/.test(fictitious)) yield fictitious;
  }
  for (let i = 0; i < each; i++) {
    const isAmerican = prefix.startsWith('+1');
    const length = isAmerican && i % 8 !== 7 ? 12 : (lengths[i % lengths.length] as number);
    let number = prefix;
    while (number.length < length) number += Math.floor(draw() * 10);
    yield number;
  }
}

/** Numbers from 0 to 1 that look drawn by lot, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
