import { numberTraits } from './number-traits.ts';

/**
 * Area codes that the plan of North America keeps free for its own growth or has set aside: N9X, 37X, 96X, 555, 950 (NANPA, "NPA
 * codes not available for assignment"). Any other that the tables do not know may be a new one.
 */
const neverAssigned = /^\+1([2-9]9\d|37\d|96\d|555|950)/;

/**
 * True for a number in a range that its numbering plan has given to nobody, as far as our tables know; in North America only
 * where none is to be given either. @param e164 with plus
 */
export function isUnallocated(e164: string): boolean {
  const traits = numberTraits(e164);
  if (traits === null || traits.valid) return false;
  return traits.callingCode !== '1' || neverAssigned.test(e164);
}
