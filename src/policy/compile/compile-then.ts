import type { CallFacts } from '../../call/facts.ts';
import type {
  ChallengeAsked,
  ChallengeVerdict,
  ConnectVerdict,
  Fallback,
  RejectVerdict,
  Verdict,
} from '../../call/verdict.ts';
import { type VerdictKind, verdictKinds } from '../../call/vocabulary.ts';
import { wordRemedy } from '../../text/spelling.ts';
import type { Listed } from '../logic/answer.ts';
import type { NumberList } from '../number-list.ts';
import { languageFor, type PolicySettings, type VerdictMaker } from '../policy.ts';
import { ruleDefaults } from '../rule-defaults.ts';
import type { YamlPath } from '../yaml/yaml-source.ts';
import type { Prompts } from './compile-prompts.ts';
import { compileLabel, ofCalledList, ofCallerList, placeholders, placeholdersOf } from './label.ts';
import type {
  ChallengeChoices,
  ChallengeThen,
  ConnectThen,
  FallbackThen,
  RejectThen,
  Then,
} from './then-shape.ts';

/** What compiling a verdict needs to know of its rule and its policy. */
export interface ThenContext {
  readonly settings: PolicySettings;
  /** Defaults of challenges; `failed` and `silent` come compiled, because they stand elsewhere in the file. */
  readonly choices: Omit<ChallengeChoices, 'failed' | 'silent'>;
  readonly failed: Make<Fallback> | null;
  readonly silent: Make<Fallback> | null;
  readonly prompts: Prompts;
  /** The rule cannot match unless a list has the caller. */
  readonly listedOnly: boolean;
  /** Lists of which one must have the called number for the rule to match; none: it can match without. */
  readonly calledLists: readonly NumberList[];
  refuse(path: YamlPath, message: string, remedy: string, code: string): void;
}

interface CallWords {
  readonly facts: CallFacts;
  readonly listed: Listed | null;
  readonly language: string;
}
type Make<T> = (call: CallWords) => T;

/** Checks what the verdict refers to, and makes the function that states it for one call. */
export function compileThen(then: Then, context: ThenContext): VerdictMaker {
  const { settings } = context;
  const make: Make<Verdict> =
    typeof then !== 'string' && then.challenge !== undefined
      ? compileChallenge(challengeSaid(then.challenge), context)
      : compileFallback(then, context, []);
  if (hasPlaceholder(then)) {
    return (facts, listed) => make({ facts, listed, language: languageFor(settings, facts.called.number) });
  }
  // Without placeholders a verdict differs by language only, and one object serves every call.
  const made = new Map<string, Verdict>();
  return (facts) => {
    const language = languageFor(settings, facts.called.number);
    let verdict = made.get(language);
    if (!verdict) {
      verdict = make({ facts, listed: null, language });
      made.set(language, verdict);
    }
    return verdict;
  };
}

/** Where a call goes without a challenge, or after a lost one. `path`: where it stands below `then`. */
export function compileFallback(
  then: FallbackThen,
  context: Pick<ThenContext, 'settings' | 'prompts' | 'listedOnly' | 'calledLists' | 'refuse'>,
  path: YamlPath,
): Make<Fallback> {
  const { settings } = context;
  const said = typeof then === 'string' ? { [then]: {} } : then;
  if (said.reject) return compileReject(said.reject, context, [...path, 'reject']);
  if (said.connect) return compileConnect(said.connect, context, [...path, 'connect']);
  const verdict = { kind: 'voicemail', box: said.voicemail?.box ?? settings.voicemailBox } as const;
  return () => verdict;
}

function compileConnect(
  { label, exit, announcement, language }: ConnectThen,
  context: Pick<ThenContext, 'settings' | 'prompts' | 'listedOnly' | 'calledLists' | 'refuse'>,
  path: YamlPath,
): Make<ConnectVerdict> {
  const to = { kind: 'connect', exit: exit ?? context.settings.operatorsExit } as const;
  checkPrompt(announcement, context, [...path, 'announcement']);
  checkLanguage(language, context.prompts, context, [...path, 'language']);
  const spoken = ({ language: usual }: CallWords) =>
    announcement === undefined ? {} : { announcement: { prompt: announcement, language: language ?? usual } };
  if (label === undefined) return (call) => ({ ...to, label: null, ...spoken(call) });
  for (const name of placeholdersOf(label)) {
    const at = [...path, 'label'];
    if (!(placeholders as readonly string[]).includes(name)) {
      const remedy = wordRemedy(
        name,
        placeholders.map((one) => `{${one}}`),
        'placeholders',
      );
      context.refuse(at, `the label has no placeholder {${name}}`, remedy, 'unknown-placeholder');
    } else if (ofCallerList.includes(name) && !context.listedOnly) {
      const remedy = 'use {caller-name} or {number}, or let the rule ask for a list: caller: { in: … }';
      const why = `{${name}} is the ${name === 'list' ? 'name of' : 'name in'} a list, and this rule can match without one`;
      context.refuse(at, why, remedy, 'no-list-name');
    } else if (ofCalledList.includes(name) && context.calledLists.length === 0) {
      const remedy = 'use {called-number}, or let the rule ask for a list: called: { in: … }';
      const why = `{${name}} is of the list of the called number, and this rule can match without one`;
      context.refuse(at, why, remedy, 'no-list-name');
    }
  }
  const expand = compileLabel(label, context.calledLists);
  return (call) => ({ ...to, label: expand(call.facts, call.listed) || null, ...spoken(call) });
}

/** What a rule asks of its callers, and how long it waits for them; null: nothing. */
export function challengeOf(then: Then, choices: ThenContext['choices']): ChallengeAsked | null {
  if (typeof then === 'string' || then.challenge === undefined) return null;
  return askedBy(challengeSaid(then.challenge), choices);
}

function challengeSaid(asked: ChallengeThen | ChallengeThen['kind']): ChallengeThen {
  return typeof asked === 'string' ? { kind: asked } : asked;
}

function askedBy(
  { kind, prompt, attempts, timeout }: ChallengeThen,
  choices: ThenContext['choices'],
): ChallengeAsked {
  return {
    challenge: kind,
    ...(prompt !== undefined && { prompt }),
    attempts: attempts ?? choices.attempts ?? ruleDefaults.attempts,
    digitTimeoutMs: timeout ?? choices.timeout ?? ruleDefaults.timeout.ms,
  };
}

function compileChallenge(said: ChallengeThen, context: ThenContext): Make<Verdict> {
  const { settings, choices, prompts } = context;
  const under = (key: string): YamlPath => ['challenge', key];
  checkLanguage(said.language, prompts, context, under('language'));
  checkPrompt(said.prompt, context, under('prompt'));
  const passed = compileConnect(said.passed ?? {}, context, under('passed'));
  const byDefault = compileFallback(ruleDefaults.lostChallenge, context, []);
  const failed = said.failed ? compileFallback(said.failed, context, under('failed')) : context.failed;
  const silent = said.silent ? compileFallback(said.silent, context, under('silent')) : context.silent;
  const fixed = {
    kind: 'challenge',
    ...askedBy(said, choices),
    passForMs: said['pass-for'] ?? settings.passForMs,
    earlyMedia: said['early-media'] ?? choices['early-media'] ?? ruleDefaults.earlyMedia,
  } as const;
  return (call): ChallengeVerdict => {
    const language = said.language ?? call.language;
    const there = { ...call, language };
    return {
      ...fixed,
      language,
      passed: passed(there),
      failed: (failed ?? byDefault)(there),
      silent: (silent ?? byDefault)(there),
    };
  };
}

function compileReject(
  { sip, announcement, language }: RejectThen,
  context: Pick<ThenContext, 'prompts' | 'refuse'>,
  path: YamlPath,
): Make<RejectVerdict> {
  const { prompts } = context;
  checkPrompt(announcement, context, [...path, 'announcement']);
  checkLanguage(language, prompts, context, [...path, 'language']);
  const fixed = {
    kind: 'reject',
    sip: sip ?? ruleDefaults.rejectSip,
    announcement: announcement ?? ruleDefaults.rejectAnnouncement,
  } as const;
  return (call) => ({ ...fixed, language: language ?? call.language });
}

function checkPrompt(
  id: string | undefined,
  { prompts: { ids }, refuse }: Pick<ThenContext, 'prompts' | 'refuse'>,
  path: YamlPath,
): void {
  if (id === undefined || ids.includes(id)) return;
  refuse(path, `there is no prompt "${id}"`, wordRemedy(id, ids, 'prompts'), 'unknown-prompt');
}

function checkLanguage(
  language: string | undefined,
  { languages }: Prompts,
  { refuse }: Pick<ThenContext, 'refuse'>,
  path: YamlPath,
): void {
  if (language === undefined || languages.includes(language)) return;
  refuse(
    path,
    `there are no prompts in "${language}"`,
    `${wordRemedy(language, languages, 'languages')}; languages are declared in prompts.yaml`,
    'unknown-language',
  );
}

export function verdictKindOf(then: Then): VerdictKind {
  if (typeof then === 'string') return then;
  return verdictKinds.words.find((kind) => then[kind] !== undefined) ?? 'voicemail';
}

/**
 * Where each verdict ends a call away from a person, a queue and a mailbox: below the rule, or in the settings for a
 * challenge that leaves its end to them. Null: nowhere. A kind that is missing here would be missing in the proof of dead ends.
 */
const rejectPaths: Readonly<
  Record<VerdictKind, (then: Then, defaults: ChallengeChoices) => YamlPath | null>
> = {
  connect: () => null,
  voicemail: () => null,
  reject: () => ['then', 'reject'],
  challenge(then, defaults) {
    const said = typeof then === 'string' || typeof then.challenge === 'string' ? null : then.challenge;
    for (const end of ['failed', 'silent'] as const) {
      const own = said?.[end];
      const found = own ?? defaults[end];
      if (typeof found !== 'object' || found.reject === undefined) continue;
      return own === undefined ? ['settings', 'challenge', end] : ['then', 'challenge', end];
    }
    return null;
  },
};

export function rejectPath(then: Then, defaults: ChallengeChoices): YamlPath | null {
  return rejectPaths[verdictKindOf(then)](then, defaults);
}

/** A brace anywhere in the verdict's own words means a label that depends on the call. */
function hasPlaceholder(then: unknown): boolean {
  if (typeof then === 'string') return then.includes('{');
  return typeof then === 'object' && then !== null && Object.values(then).some(hasPlaceholder);
}
