import type { LevelLimits } from '../call/attack-levels.ts';
import type { CallFacts } from '../call/facts.ts';
import { changeDigits, type Trunk, unnamedTrunk } from '../call/trunk.ts';
import type { ChallengeAsked, Verdict } from '../call/verdict.ts';
import type { RuleMode, VerdictKind } from '../call/vocabulary.ts';
import type { NumberMap } from '../numbers/number-map.ts';
import type { NumberPattern } from '../numbers/number-pattern.ts';
import type { Region } from '../numbers/phone-number.ts';
import type { ClaimedNames } from './claimed-names.ts';
import type { Prompts } from './compile/compile-prompts.ts';
import type { Listed, Test } from './logic/answer.ts';
import type { Formula, Holds } from './logic/formula.ts';
import type { NumberList } from './number-list.ts';
import type { Place } from './problem.ts';
import type { RuleIndex } from './rule-index.ts';
import type { Calendar } from './time/calendar.ts';

/** Makes a rule's verdict for one call: only labels and the language depend on the call. */
export type VerdictMaker = (facts: CallFacts, listed: Listed | null) => Verdict;

export interface CompiledRule {
  readonly id: string;
  readonly about: string | null;
  readonly mode: RuleMode;
  /** Where the rule begins. */
  readonly place: Place;
  /** First ms at which the rule is no longer in force, or null. */
  readonly expiresAt: number | null;
  /** What `when` asks; null: every call. */
  readonly formula: Formula | null;
  /** The formula's answer with its words; null: every call. */
  readonly test: Test | null;
  /** The same without words, quickly. */
  readonly holds: (facts: CallFacts) => Holds;
  readonly verdict: VerdictMaker;
  readonly verdictKind: VerdictKind;
  /** Null: the rule asks nothing of the caller. */
  readonly challenge: ChallengeAsked | null;
  /** Where the rule sends a call to its end, or null when every end is at a person, a queue or a mailbox. */
  readonly rejectPlace: Place | null;
  /** The reason that a rejecting rule states, else null. */
  readonly reason: string | null;
}

export interface PolicySettings {
  readonly defaultRegion: Region;
  /** `country: ours`. */
  readonly ourCountries: readonly Region[];
  /** Numbers of the organization itself, which no carrier has reason to deliver as callers. */
  readonly ownNumbers: NumberMap<true>;
  readonly ownPatterns: readonly NumberPattern[];
  /** What callers hear unless the called number says otherwise. */
  readonly language: string;
  readonly calledLanguages: NumberMap<string>;
  readonly voicemailBox: string;
  readonly operatorsExit: string;
  readonly passForMs: number;
  /** IANA name, or null when the settings name none. */
  readonly timeZone: string | null;
  /** `monitor`: nothing but connect is carried out, whatever the rules say. */
  readonly mode: RuleMode;
  /** The site states that callers with an unallocated number may be turned away. */
  readonly rejectUnallocated: boolean;
  /** Digits as people here dial them. */
  readonly emergencyNumbers: readonly string[];
  readonly mustPass: readonly MustPass[];
  /** Ids of the lists of unused numbers of ours: nobody has a reason to dial one. */
  readonly decoys: readonly string[];
  /** When attack levels rise and fall. */
  readonly attackLevels: LevelLimits;
}

/** A list whose every number is connected, whatever else is true of the call. */
export interface MustPass {
  readonly list: string;
  /** Calls whose number the network found forged may be treated otherwise. */
  readonly unlessForged: boolean;
  readonly place: Place;
}

/** The compiled whole of a rule directory. Never changes once made. */
export interface Policy {
  /** First 12 hex digits of the SHA-256 of all files. */
  readonly version: string;
  readonly settings: PolicySettings;
  /** Carrier links by endpoint name. */
  readonly trunks: ReadonlyMap<string, Trunk>;
  readonly rules: readonly CompiledRule[];
  /** Ids of lists of called numbers that the rules name: departments, each with an attack level. */
  readonly departments: readonly string[];
  /** Lengths of windows that the rules ask for and that are not always counted, ms. */
  readonly windows: readonly number[];
  /** The rules, found by what a call must have to match them. */
  readonly index: RuleIndex;
  readonly lists: ReadonlyMap<string, NumberList>;
  /** Ids of the lists whose numbers may be turned away. */
  readonly blockLists: ReadonlySet<string>;
  /** Ids of the lists that make a caller known: those that do not block, and are not only asked of called numbers. */
  readonly callerLists: readonly string[];
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly prompts: Prompts;
  readonly claimedNames: ClaimedNames;
}

/** How the calls of a trunk are read. */
export function trunkOf({ trunks, settings }: Pick<Policy, 'trunks' | 'settings'>, name: string): Trunk {
  return trunks.get(name) ?? unnamedTrunk(settings.defaultRegion);
}

/** A caller or dialed number as this trunk writes it, as the arguments of who reads numbers. */
export function writtenOn(
  policy: Policy,
  name: string,
  number: string,
  of: 'caller' | 'called',
): [string, Region] {
  const trunk = trunkOf(policy, name);
  const changed = changeDigits(number, of === 'caller' ? trunk.callerDigits : trunk.calledDigits);
  // The shape of the file refuses other regions.
  return [changed, trunk.region as Region];
}

/** The language a caller to this number hears. @param called E.164 or null */
export function languageFor(settings: PolicySettings, called: string | null): string {
  const { calledLanguages, language } = settings;
  if (called === null || calledLanguages.size === 0) return language;
  return calledLanguages.find(called) ?? language;
}
