/** What an unwanted call costs the operator who answers it: pick up, listen, end it, return to what was interrupted. An estimate. */
export const operatorSecondsPerCall = 25;

/** @param stopped unwanted calls that reached nobody */
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

/** Calls by where they went and how their challenge ended. */
export interface StoppedParts {
  /** Turned away by a rule or after the challenge. */
  readonly rejected: number;
  /** Did not pass the challenge, and reached nobody: asked to leave a message, or hung up. */
  readonly notPassed: number;
  /** Of these, calls of people who were possibly harmed: they were not unwanted. */
  readonly ofPeople: number;
}

/** Unwanted calls that were stopped. */
export function stoppedCalls({ rejected, notPassed, ofPeople }: StoppedParts): number {
  return Math.max(0, rejected + notPassed - ofPeople);
}
