import type { Outcome } from '../screening/outcome.ts';

/** Null when it is not an outcome that this program can read. */
export function outcomeFrom(json: Buffer): Outcome | null {
  try {
    const outcome = JSON.parse(json.toString()) as Outcome | null;
    const isOne =
      outcome?.schema === 1 && typeof outcome.facts?.now === 'number' && outcome.exit?.kind !== undefined;
    return isOne ? outcome : null;
  } catch {
    return null;
  }
}
