/** What an unwanted call costs the operator who answers it: pick up, listen, end it, return to what was interrupted. An estimate. */
export const operatorSecondsPerCall = 25;

/** @param stopped calls whose impact is `stopped` */
export function minutesSaved(stopped: number): number {
  return Math.round((stopped * operatorSecondsPerCall) / 60);
}

/** How it is estimated, beside each figure. */
export const minutesSavedWords = `estimated: ${operatorSecondsPerCall} seconds of an operator for each unwanted call stopped`;

/** `40 minutes`, `31 hours`. */
export function savedWords(stopped: number): string {
  const minutes = minutesSaved(stopped);
  if (minutes < 120) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  return `${Math.round(minutes / 60).toLocaleString('en-GB')} hours`;
}
