import { ListLibrary } from '../lists/list-library.ts';
import { type Log, silentLog } from '../log/log.ts';
import type { CaseResult } from '../policy/cases/run-cases.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyStatus, ReloadCause, ReloadResult } from '../policy/policy-status.ts';
import { formatProblem, hasErrors, type Problem } from '../policy/problem.ts';
import { type LoadParts, loadSettled, loadStandIn, type StandIn } from './load-best.ts';
import { type LoadedPolicy, PolicyLoader, type Proof } from './policy-loader.ts';
import { ReloadHistory } from './reload-history.ts';
import { RulesWatcher } from './rules-watcher.ts';

/** The rule directory cannot be used and no earlier policy is in force. */
export class RulesRefused extends Error {
  readonly code = 'rules-refused';
  readonly problems: readonly Problem[];
  constructor(dir: string, problems: readonly Problem[]) {
    const errors = problems.filter(({ severity }) => severity === 'error');
    super(`the rules in ${dir} are refused:\n${errors.map(formatProblem).join('\n')}`);
    this.name = 'RulesRefused';
    this.problems = problems;
  }
}

export interface LivePolicyOptions {
  /** Quiet time after a change before the files are read, in ms; editors and git write in several steps. */
  readonly debounceMs?: number;
  /** Keeps lists over reloads and fetches feeds; a feed that brings another list reloads the policy. */
  readonly lists?: ListLibrary;
  /** Folder where accepted policies are kept; left out: nowhere. */
  readonly accepted?: string;
  /** File in which the last reloads outlive a restart; left out: they do not. */
  readonly reloads?: string;
  readonly log?: Log;
}

const maxLogged = 50;

/** What is said of a reload beside its result. */
export interface ReloadDetails {
  /** Version in force before. */
  readonly before: string;
  /** Why the files were read, the first reason first; empty: another reload had them all. */
  readonly causes: readonly ReloadCause[];
}
type ReloadListener = (result: ReloadResult, details: ReloadDetails) => void;

/** The policy in force. A call takes it once and keeps it; a reload puts another whole one in its place. */
export class LivePolicy {
  readonly #log: Log;
  readonly #listeners = new Set<ReloadListener>();
  readonly #keptListeners = new Set<(version: string) => void>();
  /** Of the reloads that were asked for and are not over. */
  #causes: ReloadCause[] = [];
  readonly #watcher: RulesWatcher;
  readonly #history: ReloadHistory;
  readonly #parts: LoadParts;
  #current: Policy;
  #lastError: readonly Problem[] | null = null;
  #reloading: Promise<ReloadResult> | null = null;
  #next: Promise<ReloadResult> | null = null;
  #cases: { readonly at: number; readonly results: readonly CaseResult[] } | null = null;
  #closed = false;
  /** Lists of the policy in force. */
  #declared: LoadedPolicy['declared'] = null;
  /** Version that is being kept, or was last. */
  #keptVersion: string | null = null;

  private constructor(parts: LoadParts, policy: Policy, options: LivePolicyOptions) {
    this.#parts = parts;
    this.#current = policy;
    this.#log = options.log ?? silentLog;
    const history = { path: options.reloads ?? null, log: this.#log };
    this.#history = new ReloadHistory(policy.version, Date.now(), history);
    const changed = () => void this.reload({ by: 'files' });
    this.#watcher = new RulesWatcher(parts.dir, options.debounceMs ?? 250, changed, this.#log);
    parts.lists.onChange((list) => void this.reload({ by: 'feed', list }));
  }

  /**
   * When the rules are refused, the last accepted policy is used instead, and edits are still followed.
   * @throws RulesRefused with every problem, when there is no accepted policy
   */
  static async open(dir: string, options: LivePolicyOptions = {}): Promise<LivePolicy> {
    const lists = options.lists ?? new ListLibrary({ dir: null, serving: false });
    const log = options.log ?? silentLog;
    const accepted = options.accepted ?? null;
    const parts: LoadParts = { dir, loader: new PolicyLoader(lists), lists, accepted, log };
    const loaded = await loadSettled(parts);
    const { policy, problems, cases } = loaded;
    if (policy) {
      const live = new LivePolicy(parts, policy, options);
      live.#ranCases(cases);
      await live.#inForce(loaded);
      live.#log.info('policy loaded', { version: policy.version, warnings: shownProblems(problems) });
      return live;
    }
    const standIn = await loadStandIn(parts);
    if (standIn === null) {
      parts.loader.close();
      throw new RulesRefused(dir, problems);
    }
    const live = new LivePolicy(parts, standIn.loaded.policy, options);
    await live.#standsIn(standIn, loaded);
    return live;
  }

  current(): Policy {
    return this.#current;
  }

  /** Why the last reload was refused; null when the files and the policy in force agree. */
  get lastError(): readonly Problem[] | null {
    return this.#lastError;
  }

  /** The policy in force and its last reloads, for the health page and the report. */
  status(): PolicyStatus {
    return this.#history.status();
  }

  /** Results of the last run of the cases, and when (epoch ms); null: never run. */
  get cases(): { readonly at: number; readonly results: readonly CaseResult[] } | null {
    return this.#cases;
  }

  /** Called after every reload, good or refused. Returns the function that unsubscribes. */
  onReload(listener: ReloadListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when an accepted policy was saved for the next start; also when it could not be. Returns as `onReload`. */
  onKept(listener: (version: string) => void): () => void {
    this.#keptListeners.add(listener);
    return () => this.#keptListeners.delete(listener);
  }

  /** The rule directory as it was typed. */
  get dir(): string {
    return this.#parts.dir;
  }

  /** The lists of the policy in force, as policy.yaml declares them, and the region that their numbers are read in. */
  get declared(): LoadedPolicy['declared'] {
    return this.#declared;
  }

  /**
   * What would become of the files with others in the place of some lists, by id. Nothing comes into force; `proven` ends it. Never
   * rejects.
   */
  prove(replaced: ReadonlyMap<string, string>): Promise<Proof> {
    return this.#parts.loader.prove(this.#parts.dir, replaced);
  }

  /** After `prove`. @param adopted list whose file took the place of the one before; left out: none. Never rejects */
  proven(adopted?: string): Promise<void> {
    return this.#parts.lists.forgetReplaced(adopted);
  }

  /** Reads the files again. A reload requested while one runs starts after it. Never rejects. */
  reload(cause: ReloadCause = { by: 'files' }): Promise<ReloadResult> {
    this.#causes.push(cause);
    return this.#reload();
  }

  #reload(): Promise<ReloadResult> {
    if (!this.#reloading) {
      this.#reloading = this.#readAgain().finally(() => {
        this.#reloading = null;
      });
      return this.#reloading;
    }
    this.#next ??= this.#reloading.then(() => {
      this.#next = null;
      return this.#reload();
    });
    return this.#next;
  }

  /** Follows changes of the directory, its lists, calendars and cases until closed. */
  watch(): void {
    this.#watcher.start();
  }

  close(): void {
    this.#closed = true;
    this.#watcher.close();
    this.#listeners.clear();
    this.#keptListeners.clear();
    this.#parts.loader.close();
  }

  async #readAgain(): Promise<ReloadResult> {
    const loaded = await loadSettled(this.#parts);
    const { policy, problems, cases } = loaded;
    const before = this.#current.version;
    // What was broken off says nothing of the rules.
    if (this.#closed) return { ok: false, changed: false, problems, version: before };
    this.#ranCases(cases);
    if (policy) {
      this.#current = policy;
      this.#lastError = null;
      await this.#inForce(loaded);
      this.#log.info('policy reloaded', { version: policy.version, before });
    } else {
      this.#lastError = problems;
      this.#follow(loaded);
      this.#log.error('rules refused, the last good policy stays in force', {
        version: before,
        problems: shownProblems(problems),
      });
    }
    const { version } = this.#current;
    const ok = policy !== null && !hasErrors(problems);
    const result = { ok, changed: version !== before, problems, version };
    this.#history.add(Date.now(), result.ok, version, problems);
    const details = { before, causes: this.#causes.splice(0) };
    for (const listener of this.#listeners) this.#tell(() => listener(result, details));
    return result;
  }

  /** The files came into force: their lists are the last good ones, and everything is saved for a start with bad files. */
  async #inForce(loaded: LoadedPolicy): Promise<void> {
    const { lists, loader, accepted } = this.#parts;
    this.#history.standsIn(null);
    this.#declared = loaded.declared;
    await lists.accepted();
    this.#follow(loaded);
    const { version } = this.#current;
    if (accepted === null || version === this.#keptVersion) return;
    this.#keptVersion = version;
    const kept = (error: string | null) => {
      if (this.#closed) return;
      this.#history.kept({ at: Date.now(), version, error });
      for (const listener of this.#keptListeners) this.#tell(() => listener(version));
    };
    void loader.keep(accepted, version, lists.feedsDir).then(
      () => kept(null),
      (cause: unknown) => {
        if (this.#closed) return;
        this.#keptVersion = null;
        const error = cause instanceof Error ? cause.message : String(cause);
        this.#log.error('The accepted policy could not be saved for the next start', { version, error });
        kept(error);
      },
    );
  }

  async #standsIn({ loaded, keptAt }: StandIn, refused: LoadedPolicy): Promise<void> {
    const { policy, declared } = loaded;
    this.#declared = declared;
    this.#lastError = refused.problems;
    this.#ranCases(loaded.cases);
    await this.#parts.lists.accepted();
    this.#follow(refused);
    this.#history.standsIn({ keptAt });
    this.#history.add(Date.now(), false, policy.version, refused.problems);
    this.#log.error(
      keptAt === null
        ? 'THE RULES ARE REFUSED with what the feeds brought: calls are screened without it'
        : 'THE RULES ARE REFUSED: calls are screened by the last accepted policy',
      {
        version: policy.version,
        ...(keptAt !== null && { acceptedAt: new Date(keptAt).toISOString() }),
        problems: shownProblems(refused.problems),
      },
    );
    if (keptAt === null) void this.#parts.lists.fetchNow();
  }

  /** Feeds are fetched even when the rules are refused: new content may fix them. */
  #follow({ declared }: LoadedPolicy): void {
    const inForce = this.#declared;
    if (inForce === null || this.#closed) return;
    const known = new Set(inForce.lists.map(({ id }) => id));
    const asked = declared?.lists.filter(({ id, source }) => source.kind === 'feed' && !known.has(id)) ?? [];
    this.#parts.lists.follow([...inForce.lists, ...asked], inForce.region);
  }

  #tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#log.error('A reload listener failed', { error: String(error) });
    }
  }

  #ranCases(results: readonly CaseResult[] | undefined): void {
    if (results !== undefined) this.#cases = { at: Date.now(), results };
  }
}

function shownProblems(problems: readonly Problem[]): readonly string[] {
  const shown = problems.slice(0, maxLogged).map(formatProblem);
  return problems.length > maxLogged ? [...shown, `and ${problems.length - maxLogged} more`] : shown;
}
