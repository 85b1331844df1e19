import { calledName } from '../call/called-name.ts';
import type { Policy } from './policy.ts';

/** What the lists call one of our own numbers, E.164; null: nothing. @param now epoch ms */
export function namedNumber(
  { lists, blockLists }: Pick<Policy, 'lists' | 'blockLists'>,
  called: string,
  now: number,
): string | null {
  // What is no number at all stands on no list.
  if (!called.startsWith('+')) return null;
  return calledName(
    [...lists].flatMap(([id, list]) =>
      list.locate(called, now).map(({ expired, name }) => ({ expired, name, blocks: blockLists.has(id) })),
    ),
  );
}
