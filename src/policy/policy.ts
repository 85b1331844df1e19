import type { Listed, Test } from './conditions/condition.ts';
import type { CallFacts } from './facts.ts';
import type { NumberList } from './lists.ts';
import type { NumberMap } from './number-map.ts';
import type { Region } from './phone-number.ts';
import type { Place } from './problem.ts';
import type { Prompts } from './prompts.ts';
import type { Verdict } from './verdict.ts';

/** Makes a rule's verdict for one call: only labels and the language depend on the call. */
export type VerdictMaker = (facts: CallFacts, listed: Listed | null) => Verdict;

export interface CompiledRule {
  readonly id: string;
  readonly about: string | null;
  readonly mode: 'enforce' | 'monitor';
  /** Where the rule begins. */
  readonly place: Place;
  /** Null: every call. */
  readonly test: Test | null;
  readonly verdict: VerdictMaker;
  /** The reason that a rejecting rule states, else null. */
  readonly reason: string | null;
}

export interface PolicySettings {
  readonly defaultRegion: Region;
  /** Numbers of the organisation itself, which no carrier has reason to deliver as callers. */
  readonly ownNumbers: NumberMap<true>;
  /** What callers hear unless the called number says otherwise. */
  readonly language: string;
  readonly calledLanguages: NumberMap<string>;
  readonly voicemailBox: string;
  readonly operatorsExit: string;
  readonly passForMs: number;
}

/** The compiled whole of a rule directory. Never changes once made. */
export interface Policy {
  /** First 12 hex digits of the SHA-256 of all files. */
  readonly version: string;
  readonly settings: PolicySettings;
  readonly rules: readonly CompiledRule[];
  readonly lists: ReadonlyMap<string, NumberList>;
  readonly prompts: Prompts;
}

/** The language a caller to this number hears. @param called E.164 or null */
export function languageFor(settings: PolicySettings, called: string | null): string {
  return (called === null ? undefined : settings.calledLanguages.find(called)) ?? settings.language;
}
