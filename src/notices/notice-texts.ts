import { DateTime } from 'luxon';
import type { Campaign } from '../campaigns/campaign.ts';
import type { LevelsNow } from '../levels/level-state.ts';
import {
  type LevelWriting,
  levelReason,
  levelTitle,
  surgeReason,
  surgeTitle,
} from '../levels/level-words.ts';
import type { DigestCounts, DigestRange, DigestRow } from './digest.ts';
import type { KeylessTrunk } from './keyless-trunks.ts';
import { noticeText, shownNumber } from './message-frame.ts';

/** What a notice says, by its kind. Texts from elsewhere go through `noticeText`. */
export interface NoticeWording {
  readonly title: string;
  readonly lines: readonly string[];
}

/** @param reason of the latest bypass */
export function bypassText(reason: string): NoticeWording {
  return {
    title: 'Calls bypassed screening',
    lines: [`They reached the operators unscreened; latest reason: ${reason}`],
  };
}

/** @param problems a line each */
export function policyRefusedText(problems: readonly string[]): NoticeWording {
  return {
    title: 'Rule files refused; the last good policy is in force',
    lines: problems.slice(0, 5).map(noticeText),
  };
}

/** @param feeds a line each */
export function feedQuarantinedText(feeds: readonly string[]): NoticeWording {
  return {
    title: 'Feed quarantined; the last good list is in force',
    lines: [...feeds.slice(0, 4).map(noticeText), 'Accept it with: gatehouse lists accept NAME'],
  };
}

/** @param why and the remedy, a line each; none: not known */
export function backlogText(waiting: number, why: readonly string[]): NoticeWording {
  return {
    title: 'Outcomes are not reaching Redis',
    lines: [
      `${waiting} outcomes are waiting; calls are screened and nothing is lost`,
      ...why.map(noticeText),
    ],
  };
}

export function diskText(error: string, inMemory: number, inSecondPlace: number): NoticeWording {
  const safe = inSecondPlace >= inMemory ? 'all of them' : `${inSecondPlace} of them`;
  return {
    title: 'Records cannot be written to disk',
    lines: [
      noticeText(error),
      `${inMemory} calls are in memory, ${safe} in the spool folder too; free space in GATEHOUSE_DATA`,
    ],
  };
}

export function setAsideText(records: number): NoticeWording {
  return {
    title: 'Redis is refusing records',
    lines: [`${records} set aside, retried each hour; the log has the reason`],
  };
}

/** @param trunks at least one */
export function noKeysText(trunks: readonly KeylessTrunk[]): NoticeWording {
  return {
    title: 'No keys arrive over a trunk; its callers count as silent',
    lines: [
      ...trunks
        .slice(0, 4)
        .map(({ trunk, callers }) => `${noticeText(trunk)}: ${callers} callers asked, no key`),
      ...trunks.slice(0, 1).map(({ remedy }) => remedy),
    ],
  };
}

/** @param faults at least one */
export function canaryText(
  faults: readonly { readonly message: string; readonly remedy: string }[],
): NoticeWording {
  return {
    title: 'A call of Gatehouse itself did not get where callers are sent',
    lines: faults.slice(0, 4).map(({ message, remedy }) => noticeText(`${message}. ${remedy}`)),
  };
}

/** @param called one of our own numbers; null: the whole switchboard  @param name of that number, null: it has none */
export function surgeText(called: string | null, name: string | null, calls: number): NoticeWording {
  const ours = name === null ? called : `${noticeText(name)} (${called})`;
  return {
    title: `Call surge: ${ours ?? 'the whole switchboard'}`,
    lines: [`${calls} calls within 10 minutes`],
  };
}

/** What is done about it, and where to look. */
interface Answer {
  /** Ids of the rules that ask for it. */
  readonly rules: readonly string[];
  /** Address of the report; null: not set. */
  readonly link: string | null;
}

/** @param zone IANA name, or `local` */
export function attackLevelText(
  level: LevelsNow['levels'][number],
  answer: Answer,
  zone: string,
): NoticeWording {
  const writing = levelWriting(zone);
  return {
    title: noticeText(levelTitle(level, writing)),
    lines: [noticeText(levelReason(level, writing)), ...answerLines(answer)],
  };
}

/** @param zone IANA name, or `local` */
export function callBackSurgeText(
  surge: LevelsNow['surges'][number],
  answer: Answer,
  zone: string,
): NoticeWording {
  const writing = levelWriting(zone);
  return {
    title: noticeText(surgeTitle(surge, writing)),
    lines: [
      'Callers will say that we called them: somebody else did, and showed our number.',
      noticeText(surgeReason(surge, writing)),
      ...answerLines(answer),
    ],
  };
}

/** @param time writes epoch ms */
export function campaignText(
  { name, reason, calls, numbers, calledNumbers, startedAt, returns }: Campaign,
  answer: Answer,
  time: (at: number) => string,
): NoticeWording {
  const back = returns === 0 ? 'since' : 'back again; the first time';
  return {
    title: noticeText(`Campaign: ${name}`),
    lines: [
      noticeText(reason),
      `So far ${calls} calls from ${numbers} numbers to ${calledNumbers} numbers of ours, ${back} ${time(startedAt)}`,
      ...answerLines(answer),
    ],
  };
}

function answerLines({ rules, link }: Answer): string[] {
  const done =
    rules.length === 0
      ? 'No rule asks for it: nothing changes for callers'
      : `In force because of it: ${rules.slice(0, maxRules).map(noticeText).join(', ')}; known callers are connected as usual`;
  return link === null ? [done] : [done, link];
}

function levelWriting(zone: string): LevelWriting {
  return {
    number: shownNumber,
    time: (at) => DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm'),
  };
}

const maxRules = 8;

/** @param counted null: the counts cannot be read  @param zone IANA name, or `local` */
export function digestText(
  every: 'daily' | 'weekly',
  { since, until }: DigestRange,
  counted: DigestCounts | null,
  zone: string,
): NoticeWording {
  const title = every === 'daily' ? 'Daily summary' : 'Weekly summary';
  const span = `From ${time(since, zone)} to ${time(until, zone)}`;
  if (counted === null)
    return { title, lines: [span, 'The counts could not be read: Redis does not answer.'] };
  const { where, rule, challenge, bypass } = counted;
  const total = where.reduce((sum, { calls }) => sum + calls, 0);
  return {
    title,
    lines: [
      span,
      `${total} ${total === 1 ? 'call' : 'calls'}${inWords(where)}`,
      ...(challenge.length > 0 ? [`The same calls by challenge result${inWords(challenge)}`] : []),
      ...(bypass.length > 0 ? [`The same calls by reason for bypassing screening${inWords(bypass)}`] : []),
      ...(rule.length > 0 ? [`The same calls by rule${inWords(rule.slice(0, maxRules))}`] : []),
    ],
  };
}

function inWords(counted: readonly DigestRow[]): string {
  const words = counted.map(({ value, calls }) => `${noticeText(value)} ${calls}`);
  return words.length === 0 ? '' : `: ${words.join(', ')}`;
}

function time(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm');
}
