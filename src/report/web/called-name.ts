import type { ListHit } from './page-deps.ts';

/** What lists call one of our own numbers (`Cardiology`); of several lists the first. Block lists name nobody. */
export function calledName(hits: readonly ListHit[]): string | null {
  return hits.find(({ blocks, expired, name }) => !blocks && !expired && name !== null)?.name ?? null;
}
