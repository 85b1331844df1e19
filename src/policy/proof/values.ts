/** Answers that are possible, as bits: what a question can say while some facts are still open. */
export const yes = 1;
export const no = 2;
export const unknown = 4;
export const either = yes | no;
export const anything = yes | no | unknown;

/** What `not` makes of them. */
export function turned(values: number): number {
  return ((values & yes) << 1) | ((values & no) >> 1) | (values & unknown);
}
