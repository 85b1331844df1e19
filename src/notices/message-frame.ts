import { DateTime } from 'luxon';
import { maskNumber, maskNumbersIn } from '../privacy/mask-number.ts';
import { visibleText } from '../text/visible-text.ts';
import type { Message, Notice, NoticePhase } from './notice.ts';

const maxCharacters = 300;

const phases: Readonly<Record<NoticePhase, string>> = {
  begun: '',
  'going-on': 'Ongoing: ',
  over: 'Resolved: ',
  once: '',
};

/** `Ongoing: Calls bypassed screening`. */
export function heading({ phase, title }: Notice): string {
  return `${phases[phase]}${title}`;
}

/** The lines under the heading; times in the zone of the settings. */
export function details(notice: Notice, zone: string): readonly string[] {
  const { kind, phase, since, count, lines } = notice;
  if (kind === 'digest') return lines;
  const times = count === null ? [] : [`${count} ${count === 1 ? 'time' : 'times'} so far`];
  const began = phase === 'begun' ? `Since ${time(since, zone)}` : `Began ${time(since, zone)}`;
  return [...lines, ...times, began];
}

/** One line for a subject or a preview. */
export function subject({ node, notices, leftOut }: Message): string {
  const [first, ...rest] = notices;
  const others = rest.length + leftOut;
  const more = others === 0 ? '' : ` (and ${others} more)`;
  return `[Gatehouse ${node}] ${first === undefined ? 'Notice' : heading(first)}${more}`;
}

export function leftOutLine({ leftOut }: Message): string | null {
  return leftOut === 0 ? null : `${leftOut} more notices were left out; see the report.`;
}

/** One line under a message in a chat. */
export function footer(message: Message): string {
  return [`Gatehouse on ${message.node}`, leftOutLine(message)].filter(Boolean).join(' · ');
}

/**
 * Text as it may stand in a notice: numbers masked, one line of visible characters, at most 300. Each channel takes care that
 * none of it is markup.
 */
export function noticeText(text: string): string {
  return visibleText(maskNumbersIn(text.toWellFormed()), 'replace', maxCharacters);
}

/** A number, masked. */
export function shownNumber(number: string): string {
  return maskNumber(number).slice(0, 31);
}

function time(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm ZZZZ');
}
