import { scaleLinear } from 'd3-scale';
import type { CallRecord } from '../../../call/call-records.ts';
import type { Outcome } from '../../../call/outcome.ts';
import { momentsOf } from '../../../call/story.ts';
import { at, drawn, type Frame } from '../charts/frame.ts';
import { type Html, html } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { table } from '../table.ts';
import { callMs } from '../times.ts';

/** What happened when: a picture to scale, and the same as a table. */
export function callTimes(record: CallRecord, numbers: PageNumbers): Html {
  const { outcome } = record;
  const rows = momentsOf(record).map(({ atMs, what }) => [callMs(atMs), numbers.words(what, outcome.callId)]);
  const label = `Arrival to exit: ${callMs(outcome.timings.exitMs)}. The table below lists the events.`;
  return html`${callLine(label, outcome)}${table({
    caption: 'Events, with the time since arrival',
    captionHidden: true,
    columns: [{ title: 'After', number: true, narrow: true }, { title: 'Event' }],
    rows,
    empty: '',
  })}`;
}

/** The screening of one call from arrival to exit, to scale: deciding, each prompt until its end, the digits, the exit. */
function callLine(label: string, outcome: Outcome): Html {
  return drawn(label, (frame) => line(outcome, frame), 118);
}

function line({ timings, challenge }: Outcome, frame: Frame): Html {
  const narrow = frame.width < 500;
  const inset = narrow ? 8 : 14;
  const x = scaleLinear()
    .domain([0, Math.max(timings.exitMs, 50)])
    .range([inset, frame.width - inset]);
  const decided = timings.decidedMs ?? timings.historyMs;
  const ticks = x.ticks(narrow ? 4 : 8);
  const mark = (ms: number, className: string, words: string, y: number) =>
    html`<g class="${className}"><line x1="${at(x(ms))}" x2="${at(x(ms))}" y1="24" y2="76"/><title>${words} at ${callMs(ms)}</title><text class="mark" x="${at(clamped(x(ms), frame, words.length * 4))}" y="${y}" text-anchor="middle">${words}</text></g>`;
  return html`<rect class="lane" x="${inset}" y="34" width="${at(frame.width - 2 * inset)}" height="32" rx="4"/>
${decided !== null && html`<rect class="decided" x="${at(x(0))}" y="34" width="${at(Math.max(2, x(decided) - x(0)))}" height="32"><title>decided in ${callMs(decided)}</title></rect>`}
${challenge?.attempts.map(
  (attempt, index) =>
    html`<rect class="attempt" x="${at(x(attempt.promptAtMs))}" y="34" width="${at(Math.max(2, x(attempt.endedAtMs) - x(attempt.promptAtMs)))}" height="32" rx="4"><title>attempt ${index + 1}: ${callMs(attempt.promptAtMs)} to ${callMs(attempt.endedAtMs)}</title></rect>
<text class="lane-text" x="${at(x(attempt.promptAtMs) + 6)}" y="54">${x(attempt.endedAtMs) - x(attempt.promptAtMs) > 70 ? `prompt ${index + 1}` : ''}</text>
${attempt.firstHeardAtMs !== null && mark(attempt.firstHeardAtMs, `digit ${attempt.result}`, attempt.result === 'right' ? 'right answer' : 'wrong answer', 18)}`,
)}
${timings.answeredMs !== null && mark(timings.answeredMs, 'answered', 'answered', 18)}
${mark(timings.exitMs, 'exit', 'exit', 90)}
${ticks.map((tick) => html`<text class="tick" x="${at(clamped(x(tick), frame, 16))}" y="112" text-anchor="middle">${tickWords(tick)}</text>`)}`;
}

/** Ticks are round numbers. */
function tickWords(ms: number): string {
  return ms === 0 ? '0 s' : ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

/** A word at the edge is moved in, not cut. */
function clamped(place: number, frame: Frame, half: number): number {
  return Math.min(frame.width - half, Math.max(half, place));
}
