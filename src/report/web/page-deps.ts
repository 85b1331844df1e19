import type { FastifyRequest } from 'fastify';
import type { CallRecords } from '../../call/call-records.ts';
import type { CallerFacts, CallFacts } from '../../call/facts.ts';
import type { CallerActions } from '../../call/staff/caller-actions.ts';
import type { CallerFlags } from '../../call/staff/caller-flags.ts';
import type { ListEdits } from '../../call/staff/list-edits.ts';
import type { Decision } from '../../call/verdict.ts';
import type { RuleMode } from '../../call/vocabulary.ts';
import type { Campaign } from '../../campaigns/campaign.ts';
import type { LevelByHand } from '../../levels/level-state.ts';
import type { Log } from '../../log/log.ts';
import type { Explanation } from '../../policy/explanation.ts';
import type { PolicyStatus } from '../../policy/policy-status.ts';
import type { SiteEvent } from '../../site-events/site-event.ts';
import type { ActionNoted } from '../access/protect.ts';
import type { Health } from '../api/health.ts';
import type { AboutCallers } from './callers/about-callers.ts';
import type { ImpactWork } from './impact/impact-work.ts';
import type { ShownNumbers } from './page-numbers.ts';
import type { RuleHistory, TryCall } from './pages/rules/rule-views.ts';
import type { ListBrowser } from './routes/list-browser.ts';

/** State of a program that we depend on. */
export interface PartHealth {
  readonly up: boolean;
  /** In its own word: `connected`, `reconnecting`. */
  readonly state: string;
  /** Epoch ms since which it is as it is; null: not known. */
  readonly since: number | null;
}

export interface LiveCallView {
  readonly id: string;
  /** `deciding`, `prompting`, …: SessionState of the screening. */
  readonly state: string;
  /** Epoch ms at which the screener got it. */
  readonly since: number;
  /** Null: unknown. */
  readonly caller: CallerFacts | null;
  /** As dialed, E.164 where it is a public number; null: unknown. */
  readonly called: string | null;
}

/** Live state of this process; from memory, never waits. */
export interface LiveView {
  /** Oldest first. */
  calls(): readonly LiveCallView[];
  health(): {
    readonly node: string;
    readonly ari: PartHealth;
    readonly redis: PartHealth;
    /** Why Redis takes no records, and what may lose them. */
    readonly redisDangers?: Health['redisDangers'];
    readonly settings?: Health['settings'];
    readonly failingChannels?: Health['failingChannels'];
    readonly keylessTrunks?: Health['keylessTrunks'];
    readonly canary?: Health['canary'];
    /** Outcomes that wait for Redis. */
    readonly backlog: number;
    readonly outbox: Health['outbox'];
    /** Times in which Redis was away, newest first; epoch ms. `to` null: it goes on. `waiting`: the most calls that waited. */
    readonly outages: readonly {
      readonly from: number;
      readonly to: number | null;
      readonly waiting: number;
    }[];
    /** There are more calls than can be screened in time. */
    readonly shedding?: boolean;
    /** Calendars that staff closed by hand; `*`: all. `until` in epoch ms. */
    readonly closures?: Health['closures'];
    /** Attack levels that are not calm. */
    readonly levels?: Health['levels'];
    /** Settings of the dialplan that are out of their range: their defaults are in force. */
    readonly oddSettings?: readonly string[];
    /** The dialplan is of a version whose calls are not screened. */
    readonly otherDialplan?: { readonly message: string; readonly remedy: string } | null;
    /** Epoch ms at which this process began. */
    readonly startedAt: number;
  };
}

export interface RuleView {
  readonly id: string;
  readonly about: string | null;
  readonly mode: RuleMode;
  /** What it does with callers, `get two digits`; left out: not told. */
  readonly does?: string;
  readonly place: { readonly file: string; readonly line: number };
}

/** Results of the organization's own cases. */
export interface CasesView {
  /** Epoch ms of the run. */
  readonly at: number;
  readonly passed: number;
  /** Not run: what they ask for is not there, such as an empty list. */
  readonly skipped: number;
  readonly failed: readonly { readonly description: string; readonly place: string; readonly why: string }[];
}

/** The policy in force; from memory, never waits. */
export interface PolicyView {
  status(): PolicyStatus;
  /** Of the whole board; `monitor`: every call is connected. */
  mode(): RuleMode;
  /** In order of evaluation. */
  rules(): readonly RuleView[];
  /** Null when cases are not known here. */
  cases(): CasesView | null;
  /** What the policy in force decides on these facts. */
  decide(facts: CallFacts): Decision;
  /** Why: of the decision that was made on these facts when it was by this policy, else of what it would decide. */
  explain(facts: CallFacts, decided: Decision | null): Explanation;
  /** Any writing of a number as E.164; null when it is none. */
  canonical(number: string): string | null;
}

export interface ListState {
  readonly id: string;
  readonly about: string | null;
  /** File or URL. */
  readonly source: string;
  /** Different numbers, prefixes and ranges. */
  readonly size: number;
  readonly skippedRows: number;
  /** Epoch ms at which the content in force was read; null: not known. */
  readonly readAt: number | null;
  /** Epoch ms at which the source was last written; null: not known. */
  readonly changedAt: number | null;
  /** Why the latest reading was refused, the content before it being in force still; null: it was not. */
  readonly error: string | null;
  /** Of a feed: why what came waits for a person, and since when (epoch ms). */
  readonly quarantined?: { readonly at: number; readonly message: string } | null;
  /** The first bad rows, `file:line: what is wrong`. */
  readonly problems: readonly string[];
}

export interface ListHit {
  readonly list: string;
  /** True when rules may reject callers on the list. */
  readonly blocks: boolean;
  /** Entry as written: a number, a prefix or a range. Null: not told. */
  readonly pattern: string | null;
  readonly name: string | null;
  readonly note: string | null;
  /** Line of its file, from 1; null: not told. */
  readonly line: number | null;
  /** Epoch ms; null: it does not expire. */
  readonly expiresAt: number | null;
  readonly expired: boolean;
}

/** The lists in force; from memory, never waits. */
export interface ListsView {
  all(): readonly ListState[];
  /** @param number E.164 */
  find(number: string, now: number): readonly ListHit[];
}

/** What the form of somebody who may flag calls sends back. `csrf` null: nothing. */
export interface FlagForm {
  readonly csrf: string | null;
}

/** What staff say of calls, and do about callers. */
export interface Flagging {
  readonly flags: CallerFlags;
  readonly actions: CallerActions;
  /** Null: the visitor may not flag calls. */
  readonly form: (request: FastifyRequest) => FlagForm | null;
  /** Into the audit log, after it was done; never rejects. Numbers are noted under other names. */
  readonly note: (request: FastifyRequest, action: ActionNoted) => Promise<void>;
}

/** Attack levels that staff set by hand for a time. */
export interface LevelsWork {
  /** Lists of called numbers that rules ask the level of. */
  departments(): readonly string[];
  /** Whether a rule asks for a level or a call-back surge. */
  isAsked(): boolean;
  /** The first to end first; rejects when Redis does, as the next two. @param now epoch ms */
  list(now: number): Promise<readonly LevelByHand[]>;
  /** Rejects with code `too-many-levels` when there are. */
  set(said: LevelByHand, now: number): Promise<void>;
  /** False: it was not set any more. */
  end(one: Pick<LevelByHand, 'scope' | 'say'>): Promise<boolean>;
}

export interface PageDeps {
  readonly records: CallRecords;
  /** Left out: pages tell nothing of flags. */
  readonly flagging?: Flagging;
  /** Left out: nobody follows up callers here. */
  readonly impact?: ImpactWork;
  /** Left out: a caller's page has the calls alone, and offers nothing but flags. */
  readonly callers?: AboutCallers;
  readonly listEdits?: ListEdits;
  readonly listBrowser?: ListBrowser;
  /** Left out: there is no page of levels. */
  readonly levels?: LevelsWork;
  readonly ruleHistory?: RuleHistory;
  readonly tryCall?: TryCall;
  readonly live: LiveView;
  readonly policy: PolicyView;
  readonly lists: ListsView;
  /** All that are remembered, the latest recognized first; from memory. Left out: none. */
  readonly campaigns?: () => readonly Campaign[];
  /** What happened to the site, all that is kept; from memory. Left out: nothing is kept. */
  readonly events?: () => readonly SiteEvent[];
  /** Ids of the rules in force that ask for campaigns. */
  readonly campaignRules?: () => readonly string[];
  /** Epoch ms. */
  readonly now: () => number;
  /** Numbers as this visitor may see them. Called only by pages that show numbers, at most once a request. */
  readonly numbers: (request: FastifyRequest) => ShownNumbers;
  readonly log: Log;
}
