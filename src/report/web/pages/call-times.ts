import type { ChallengeAttempt, Outcome } from '../../../screening/outcome.ts';
import { callLine } from '../charts/call-line.ts';
import { type Html, html } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { table } from '../table.ts';
import { callMs } from '../when.ts';
import { attemptWords, exitWords } from '../words.ts';

/** What happened when: a picture to scale, and the same as a table. */
export function callTimes(outcome: Outcome, numbers: PageNumbers): Html {
  const rows = events(outcome)
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, what }) => [callMs(atMs), numbers.words(what, outcome.callId)]);
  const label = `From arrival to exit in ${callMs(outcome.timings.exitMs)}. The table below says what happened when.`;
  return html`${callLine(label, outcome)}${table({
    caption: 'What happened, and how long after the arrival',
    captionHidden: true,
    columns: [{ title: 'After', number: true, narrow: true }, { title: 'What' }],
    rows,
    empty: '',
  })}`;
}

function events({ timings, challenge, exit, decision, bypass }: Outcome): { atMs: number; what: string }[] {
  const { historyMs, decidedMs, answeredMs, exitMs } = timings;
  const found = [{ atMs: 0, what: 'the call arrived' }];
  if (historyMs !== null) found.push({ atMs: historyMs, what: 'what is known of the caller was looked up' });
  if (decidedMs !== null) found.push({ atMs: decidedMs, what: `decided by rule ${decision?.rule ?? '–'}` });
  if (answeredMs !== null) found.push({ atMs: answeredMs, what: 'answered by Gatehouse' });
  challenge?.attempts.forEach((attempt, index) => {
    found.push(...attemptEvents(attempt, index + 1));
  });
  found.push({
    atMs: exitMs,
    what: bypass === null ? exitWords(exit) : 'reached the operators without screening',
  });
  return found;
}

function attemptEvents(attempt: ChallengeAttempt, number: number): { atMs: number; what: string }[] {
  const { promptAtMs, firstDigitAtMs, endedAtMs, digits, wanted, result } = attempt;
  const pressed = digits === '' ? 'nothing was pressed' : `pressed ${digits}, wanted ${wanted}`;
  return [
    { atMs: promptAtMs, what: `prompt ${number} began` },
    ...(firstDigitAtMs === null || firstDigitAtMs === endedAtMs
      ? []
      : [{ atMs: firstDigitAtMs, what: 'first digit' }]),
    { atMs: endedAtMs, what: `attempt ${number}: ${pressed}; ${attemptWords[result]}` },
  ];
}
