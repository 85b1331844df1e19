import type { NumberPattern } from '../number-pattern.ts';

/** True when every number of `inner` is in `outer`. E.164, so that numbers in a range have its length. */
export function isWithin(inner: NumberPattern, outer: NumberPattern): boolean {
  switch (outer.kind) {
    case 'exact':
      return inner.kind === 'exact' && inner.number === outer.number;
    case 'prefix':
      if (inner.kind === 'range') return [inner.from, inner.to].every((end) => end.startsWith(outer.prefix));
      return (inner.kind === 'exact' ? inner.number : inner.prefix).startsWith(outer.prefix);
    case 'range': {
      if (inner.kind === 'prefix') return false;
      const [from, to] = endsOf(inner, 0);
      return from >= Number(outer.from) && to <= Number(outer.to);
    }
  }
}

/** True when no number is in both. */
export function areApart(a: NumberPattern, b: NumberPattern): boolean {
  if (a.kind === 'prefix' && b.kind === 'prefix')
    return !a.prefix.startsWith(b.prefix) && !b.prefix.startsWith(a.prefix);
  if (a.kind === 'prefix' && b.kind === 'exact') return !b.number.startsWith(a.prefix);
  if (b.kind === 'prefix' && a.kind === 'exact') return !a.number.startsWith(b.prefix);
  // Of a prefix, the numbers as long as the other's.
  const length = lengthOf(a.kind === 'prefix' ? b : a);
  if ([a, b].some((one) => one.kind === 'prefix' && one.prefix.length > length)) return true;
  const [aFrom, aTo] = endsOf(a, length);
  const [bFrom, bTo] = endsOf(b, length);
  return aTo < bFrom || bTo < aFrom;
}

function lengthOf(pattern: NumberPattern): number {
  if (pattern.kind === 'exact') return pattern.number.length;
  return pattern.kind === 'range' ? pattern.from.length : pattern.prefix.length;
}

function endsOf(pattern: NumberPattern, length: number): [number, number] {
  if (pattern.kind === 'exact') return [Number(pattern.number), Number(pattern.number)];
  if (pattern.kind === 'range') return [Number(pattern.from), Number(pattern.to)];
  return [Number(pattern.prefix.padEnd(length, '0')), Number(pattern.prefix.padEnd(length, '9'))];
}
