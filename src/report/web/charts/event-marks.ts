import type { Step } from '../counted.ts';
import { type Html, html } from '../html.ts';
import { at, type Frame } from './frame.ts';

/** How much it matters: something failed, something attacks, something was done. */
export type MarkTone = 'bad' | 'warn' | 'info';

/** Something that happened, to be drawn over calls. Epoch ms. */
export interface EventMark {
  readonly at: number;
  readonly tone: MarkTone;
  /** Without numbers that are masked. */
  readonly words: string;
}

export interface EventMarks {
  readonly marks: readonly EventMark[];
  /** The events of a step. */
  readonly href: (step: Step) => string;
}

const tones: readonly MarkTone[] = ['bad', 'warn', 'info'];
const mostTold = 4;
/** A tip that points down, above the bars. */
const half = 5;

/** A line with a tip for each step in which something began; the tips lead to the events. `x`: where a moment lies. */
export function drawMarks(
  steps: readonly Step[],
  { marks, href }: EventMarks,
  frame: Frame,
  x: (step: Step, moment: number) => number,
): Html {
  return html`${steps.map((step) => {
    const own = marks.filter((mark) => mark.at >= step.at && mark.at < step.until);
    const [first] = own;
    if (first === undefined) return null;
    const tone = tones.find((one) => own.some((mark) => mark.tone === one)) ?? 'info';
    const center = x(step, own.length === 1 ? first.at : (step.at + step.until) / 2);
    const tip = `${at(center - half)},0 ${at(center + half)},0 ${at(center)},${frame.top}`;
    return html`<g class="event-${tone}"><line x1="${at(center)}" x2="${at(center)}" y1="${frame.top}" y2="${frame.height - frame.bottom}"/><a href="${href(step)}" tabindex="-1"><polygon points="${tip}"/><title>${told(own)}</title></a></g>`;
  })}`;
}

function told(marks: readonly EventMark[]): string {
  const more = marks.length - mostTold;
  const words = marks.slice(0, mostTold).map((mark) => mark.words);
  return `${words.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
