import { DateTime } from 'luxon';
import type { Message, Notice, NoticePhase } from './notice.ts';

const phases: Readonly<Record<NoticePhase, string>> = {
  begun: '',
  'going-on': 'Still going on: ',
  over: 'Over: ',
  once: '',
};

/** `Still going on: Calls went round the screener`. */
export function heading({ phase, title }: Notice): string {
  return `${phases[phase]}${title}`;
}

/** What stands under the heading; times in the zone of the settings. */
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
  return leftOut === 0 ? null : `${leftOut} more matters were left out; see the report.`;
}

function time(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm ZZZZ');
}
