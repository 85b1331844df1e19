const pieces = [
  'a',
  'x',
  'word ',
  '!',
  '0',
  '\u0000',
  '\u202e',
  '\u200b',
  '😀',
  'İ',
  'ﬁ',
  'ß',
  '\ufdfa',
  'e\u0301',
  '\ud800',
  '${SHELL(id)}',
  '{caller-name}',
  '","',
  '%00',
  'warranty',
];
const longest = 120;

/**
 * Display names as hostile callers send them, without end, the same each time: one piece over and over (what makes
 * backtracking explode), two that alternate, random ones, a long run with an odd end. At most 120 characters.
 */
export function* hostileNames(): Generator<string, never> {
  let state = 12345;
  const next = (below: number) => {
    // A linear congruential generator (Numerical Recipes): quick, and the same each time.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const piece = () => pieces[next(pieces.length)] as string;
  for (let i = 0; ; i++) {
    const [first, second] = [piece(), piece()];
    const length = 1 + next(longest);
    let name = '';
    switch (i % 4) {
      case 0:
        name = first.repeat(length);
        break;
      case 1:
        name = (first + second).repeat(length);
        break;
      case 2:
        while (name.length < length) name += piece();
        break;
      default:
        name = first.repeat(length).slice(0, longest - second.length) + second;
    }
    yield name.slice(0, longest);
  }
}
