/** What one of our own numbers is called; null: it has no name. */
export type NameOf = (called: string) => string | null;

/** Where there are no lists. */
export const noNames: NameOf = () => null;

/** A row of a list that has the number. */
interface Hit {
  /** Callers on the list may be turned away. */
  readonly blocks: boolean;
  readonly expired: boolean;
  readonly name: string | null;
}

/** What lists call one of our own numbers (`Cardiology`); of several lists the first. Block lists name nobody. */
export function calledName(hits: readonly Hit[]): string | null {
  return hits.find(({ blocks, expired, name }) => !blocks && !expired && name !== null)?.name ?? null;
}

/** `Cardiology, +13175550100`, or the number alone. */
export function calledWords(called: string, nameOf: NameOf): string {
  const name = nameOf(called);
  return name === null ? called : `${name}, ${called}`;
}
