import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { ListLibrary } from '../lists/list-library.ts';
import type { CaseResult } from '../policy/cases/run-cases.ts';
import type { CompileResult } from '../policy/compile.ts';
import type { Policy } from '../policy/policy.ts';
import { formatProblem, hasErrors, type Problem } from '../policy/problem.ts';
import { loadRules } from './load-rules.ts';
import { type PolicyStatus, ReloadHistory } from './reload-history.ts';
import { rulesSignature } from './rules-signature.ts';

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

export interface ReloadResult {
  /** False: the policy that was in force stays so. */
  readonly ok: boolean;
  /** True when another policy is in force than before. */
  readonly changed: boolean;
  readonly problems: readonly Problem[];
  /** Version in force now. */
  readonly version: string;
}

export interface LivePolicyOptions {
  /** Quiet time after a change before the files are read, in ms; editors and git write in several steps. */
  readonly debounceMs?: number;
  /** Keeps lists over reloads and fetches feeds; a feed that brings another list reloads the policy. */
  readonly lists?: ListLibrary;
  readonly log?: RulesLog;
}

export interface RulesLog {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

const mostAttempts = 4;
const folders = ['lists', 'calendars', 'cases'];

const silentLog: RulesLog = { info() {}, warn() {}, error() {} };

/** The policy in force. A call takes it once and keeps it; a reload puts another whole one in its place. */
export class LivePolicy {
  readonly #dir: string;
  readonly #debounceMs: number;
  readonly #log: RulesLog;
  readonly #listeners = new Set<(result: ReloadResult) => void>();
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #history: ReloadHistory;
  readonly #lists: ListLibrary | undefined;
  #current: Policy;
  #lastError: readonly Problem[] | null = null;
  #reloading: Promise<ReloadResult> | null = null;
  #next: Promise<ReloadResult> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #cases: { readonly at: number; readonly results: readonly CaseResult[] } | null = null;
  #closed = false;

  private constructor(dir: string, policy: Policy, options: LivePolicyOptions) {
    this.#dir = dir;
    this.#current = policy;
    this.#history = new ReloadHistory(policy.version, Date.now());
    this.#debounceMs = options.debounceMs ?? 250;
    this.#log = options.log ?? silentLog;
    this.#lists = options.lists;
    this.#lists?.onChange(() => void this.reload());
  }

  /** @throws RulesRefused with every problem, when the rules are broken at start */
  static async open(dir: string, options: LivePolicyOptions = {}): Promise<LivePolicy> {
    const { policy, problems, cases } = await loadRules(dir, options.lists);
    if (!policy) throw new RulesRefused(dir, problems);
    const live = new LivePolicy(dir, policy, options);
    live.#ranCases(cases);
    live.#log.info('policy loaded', { version: policy.version, warnings: problems.map(formatProblem) });
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

  /** What became of the cases when they were last run, and when (epoch ms); null: they never were. */
  get cases(): { readonly at: number; readonly results: readonly CaseResult[] } | null {
    return this.#cases;
  }

  /** Called after every reload, good or refused. Returns what ends it. */
  onReload(listener: (result: ReloadResult) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the files again. One that is asked for while another runs sees what was written meanwhile. Never rejects. */
  reload(): Promise<ReloadResult> {
    if (!this.#reloading) {
      this.#reloading = this.#readAgain().finally(() => {
        this.#reloading = null;
      });
      return this.#reloading;
    }
    this.#next ??= this.#reloading.then(() => {
      this.#next = null;
      return this.reload();
    });
    return this.#next;
  }

  /** Follows changes of the directory, its lists, calendars and cases until closed. */
  watch(): void {
    this.#watchOne(this.#dir);
    this.#watchFolders();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#listeners.clear();
  }

  async #readAgain(): Promise<ReloadResult> {
    const { policy, problems, cases } = await this.#load();
    this.#ranCases(cases);
    const before = this.#current.version;
    if (policy) {
      this.#current = policy;
      this.#lastError = null;
      this.#log.info('policy reloaded', { version: policy.version, before });
    } else {
      this.#lastError = problems;
      this.#log.error('rules refused, the last good policy stays in force', {
        version: before,
        problems: problems.map(formatProblem),
      });
    }
    const { version } = this.#current;
    const result = {
      ok: policy !== null && !hasErrors(problems),
      changed: version !== before,
      problems,
      version,
    };
    this.#history.add(Date.now(), result.ok, version, problems);
    for (const listener of this.#listeners) this.#tell(listener, result);
    return result;
  }

  /** Files that change while they are read would make a policy that nobody wrote. */
  async #load(): Promise<CompileResult> {
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      const before = await rulesSignature(this.#dir);
      const loaded = await loadRules(this.#dir, this.#lists).catch((error: unknown) => ({
        policy: null,
        problems: [unforeseen(this.#dir, error)],
      }));
      if ((await rulesSignature(this.#dir)) === before) return loaded;
    }
    return { policy: null, problems: [unsettled(this.#dir)] };
  }

  #tell(listener: (result: ReloadResult) => void, result: ReloadResult): void {
    try {
      listener(result);
    } catch (error) {
      this.#log.error('a listener to policy reloads failed', { error: String(error) });
    }
  }

  #ranCases(results: readonly CaseResult[] | undefined): void {
    if (results !== undefined) this.#cases = { at: Date.now(), results };
  }

  #watchFolders(): void {
    for (const folder of folders) this.#watchOne(join(this.#dir, folder));
  }

  #forget(dir: string): void {
    this.#watchers.get(dir)?.close();
    this.#watchers.delete(dir);
  }

  #watchOne(dir: string): void {
    if (this.#closed || this.#watchers.has(dir)) return;
    try {
      const watcher = watch(dir, { persistent: false }, () => this.#changed());
      watcher.on('error', (error) => {
        this.#log.warn('rules are no longer watched', { dir, error: error.message });
        watcher.close();
        this.#watchers.delete(dir);
      });
      this.#watchers.set(dir, watcher);
    } catch (error) {
      // Without the folder there is nothing to watch yet; each change above looks for it again.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.#log.warn('rules are not watched', { dir, error: String(error) });
    }
  }

  #changed(): void {
    if (this.#closed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // A folder may have been made, or replaced by another of the same name.
      for (const folder of folders) this.#forget(join(this.#dir, folder));
      this.#watchFolders();
      void this.reload();
    }, this.#debounceMs);
    this.#timer.unref();
  }
}

function unsettled(dir: string): Problem {
  return {
    severity: 'error',
    file: dir,
    line: 1,
    column: 1,
    message: `the files changed ${mostAttempts} times while they were read`,
    remedy: 'let the program that writes them end, then run gatehouse reload',
    code: 'unsettled',
  };
}

function unforeseen(dir: string, error: unknown): Problem {
  return {
    severity: 'error',
    file: dir,
    line: 1,
    column: 1,
    message: `the rules could not be read: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'run gatehouse check; if it says the same, this is a fault of Gatehouse: please report it',
    code: 'unforeseen',
  };
}
