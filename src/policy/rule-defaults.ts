import { parseDurationMs } from './yaml/schema-words.ts';

/**
 * What holds when a rule file does not say: each value stands here only. docs/rules.md and the schemas of rules/ take them from
 * here: `gatehouse schema --write` after a change.
 */
export const ruleDefaults = {
  /** Of rules and of the whole board. */
  mode: 'enforce',
  /** Exit of connect verdicts. */
  operatorsExit: 'operators',
  /** How long a passed challenge admits the number. */
  passFor: asWritten('30d'),
  rejectUnallocated: false,

  /** How often a challenge's prompt is played. */
  attempts: 2,
  /** Silence after a prompt and between digits. */
  timeout: asWritten('6s'),
  earlyMedia: false,
  /** Verdict for callers who pressed the wrong keys, or none. */
  lostChallenge: 'voicemail',

  /** Unwanted (RFC 8197); docs/decisions/0002-rule-language.md tells why. */
  rejectSip: 607,
  rejectSipName: 'unwanted',
  /** Prompt of rejected callers. */
  rejectAnnouncement: 'redress',

  /** How often a feed is fetched. */
  feedEvery: asWritten('24h'),
  /** How many times as many rows a feed may have as before. */
  feedGrowth: 3,
  /** Percent of last month's callers whom one fetch may bring onto a block list. */
  feedTurnedAwayPercent: 2,
  /** One complaint proves little: callers forge numbers of people who never called. */
  minComplaints: 3,

  /** Of cases: local time of the call, and its trunk. */
  caseTime: '2026-03-12T12:00',
  caseTrunk: 'carrier',
} as const;

/** A duration as people write it, and in ms. */
function asWritten(text: string): { readonly text: string; readonly ms: number } {
  const ms = parseDurationMs(text);
  if (ms === null) throw new RangeError(`no duration: ${text}`);
  return { text, ms };
}
