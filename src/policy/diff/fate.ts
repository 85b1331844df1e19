import type { CallFacts } from '../../call/facts.ts';
import { languageWords } from '../../call/sentences.ts';
import type { Fallback, Verdict } from '../../call/verdict.ts';
import { challengeKinds } from '../../call/vocabulary.ts';
import type { Then } from '../compile/then-shape.ts';
import { languageFor, type Policy } from '../policy.ts';

/** What a verdict comes to, part by part; two fates are the same when all parts are. */
export type Fate = ReadonlyMap<string, string>;

/**
 * The fate of a call. The language is left out when it is the one that callers to this number hear anyhow: of that the
 * settings tell.
 */
export function fateOf(verdict: Verdict, facts: CallFacts, policy: Policy): Fate {
  const usual = languageFor(policy.settings, facts.called.number);
  const parts: [string, string][] = [['', headOf(verdict)]];
  if (verdict.kind === 'challenge') {
    parts.push(['attempts', String(verdict.attempts)], ['timeout', duration(verdict.digitTimeoutMs)]);
    parts.push(['pass for', verdict.passForMs === 0 ? 'no pass' : duration(verdict.passForMs)]);
    if (verdict.earlyMedia) parts.push(['early media', 'yes']);
    if (verdict.language !== usual) parts.push(['language', languageWords(verdict.language)]);
    for (const end of ['passed', 'failed', 'silent'] as const)
      parts.push([end, endWords(verdict[end], verdict.language)]);
  } else {
    parts.push(...detailsOf(verdict, usual));
  }
  return new Map(parts);
}

export function sameFate(a: Fate, b: Fate): boolean {
  return a.size === b.size && [...a].every(([part, words]) => b.get(part) === words);
}

/** Both in words: of fates that begin alike the parts that differ, else what matters of each. */
export function fateWords(before: Fate, after: Fate): { readonly before: string; readonly after: string } {
  const isAlike = before.get('') === after.get('');
  const differing = [...new Set([...before.keys(), ...after.keys()])].filter(
    (part) => part !== '' && before.get(part) !== after.get(part),
  );
  const told = (fate: Fate) => {
    const shown = isAlike ? differing : [...fate.keys()].filter((part) => mattering.has(part));
    const parts = shown.map((part) => `${part}: ${fate.get(part) ?? 'none'}`);
    return [fate.get('') ?? '', ...parts].join(', ');
  };
  return { before: told(before), after: told(after) };
}

/** Where the fates are of different kinds, the rest goes without saying. */
const mattering: ReadonlySet<string> = new Set(['label', 'announcement', 'exit']);

function headOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'connect':
      return 'connect';
    case 'voicemail':
      return `voicemail ${verdict.box}`;
    case 'reject':
      return `reject with SIP ${verdict.sip}`;
    case 'challenge':
      return `challenge ${challengeKinds.label(verdict.challenge).toLowerCase()}`;
  }
}

function detailsOf(verdict: Fallback, usual: string): [string, string][] {
  const parts: [string, string][] = [];
  if (verdict.kind === 'connect') {
    if (verdict.exit !== 'operators') parts.push(['exit', verdict.exit]);
    if (verdict.label !== null) parts.push(['label', `“${verdict.label}”`]);
    const { announcement } = verdict;
    if (announcement) parts.push(['announcement', spoken(announcement.prompt, announcement.language, usual)]);
  }
  if (verdict.kind === 'reject' && verdict.announcement !== null)
    parts.push(['announcement', spoken(verdict.announcement, verdict.language, usual)]);
  return parts;
}

function endWords(verdict: Fallback, language: string): string {
  const details = detailsOf(verdict, language).map(([part, words]) => `${inEnds[part] ?? part} ${words}`);
  return [headOf(verdict), ...details].join(' ');
}

const inEnds: Readonly<Record<string, string>> = { exit: 'to', label: 'as', announcement: 'after' };

function spoken(prompt: string, language: string, usual: string): string {
  return language === usual ? prompt : `${prompt} in ${languageWords(language)}`;
}

function duration(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
  ] as const;
  const [unit, size] = units.find(([, length]) => ms >= length && ms % length === 0) ?? ['s', 1000];
  return `${ms / size}${unit}`;
}

/** Labels as they are written, so that two templates are told apart whatever they make of a call. */
export function labelsOf(then: Then): readonly string[] {
  const labels: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value))
      if (key === 'label' && typeof inner === 'string') labels.push(inner);
      else look(inner);
  };
  look(then);
  return labels;
}
