import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../log/log.ts';
import type { ReloadCause, ReloadResult } from '../../policy/policy-status.ts';
import type { Problem } from '../../policy/problem.ts';
import type { RuleChange, RuleChangeFindings } from '../../policy/rule-change.ts';
import { maskNumbersIn } from '../../privacy/mask-number.ts';
import { keptNames } from '../../rules/accepted-files.ts';
import { ChangeStore, type KeptChange } from '../../rules/changes/change-store.ts';
import type { LivePolicy, ReloadDetails } from '../../rules/live-policy.ts';
import type { CompareTask, FromCompare } from './compare-messages.ts';

export interface RuleChangesOptions {
  readonly policy: LivePolicy;
  /** Folders of the data directory: of the changes, of accepted policies, of lists. */
  readonly dir: string;
  readonly accepted: string;
  readonly lists: string;
  readonly redisUrl: string;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

const maxProblems = 20;
const provingSeconds = 60;
const deadlineMs = 150_000;
const memoryMb = 512;
/** Changes that wait to be looked at. */
const maxWaiting = 5;

/**
 * The history of the rules: each reload that brought another policy, or was refused, with who caused it and, found out by a process
 * of its own, what it changes. It outlives restarts. No method rejects or holds up a call.
 */
export class RuleChanges {
  readonly #options: RuleChangesOptions;
  readonly #store: ChangeStore;
  readonly #unsubscribe: readonly (() => void)[];
  #waiting: { readonly change: KeptChange; readonly task: CompareTask; readonly work: string | null }[] = [];
  /** Changes that are looked at: the store is without the lines of their diffs. */
  readonly #whole = new Map<string, KeptChange>();
  #child: ChildProcess | null = null;
  #closed = false;

  private constructor(options: RuleChangesOptions, store: ChangeStore) {
    this.#options = options;
    this.#store = store;
    const { policy } = options;
    this.#unsubscribe = [
      policy.onReload((result, details) => this.#reloaded(result, details)),
      policy.onKept((version) => void this.#kept(version)),
    ];
    this.#start();
  }

  static async open(options: RuleChangesOptions): Promise<RuleChanges> {
    await rm(join(options.dir, 'work'), { recursive: true, force: true }).catch(() => undefined);
    return new RuleChanges(options, await ChangeStore.open(options.dir, options.log));
  }

  /** The newest first, without the lines of their diffs. */
  all(): readonly RuleChange[] {
    return this.#store.all();
  }

  find(id: string): Promise<RuleChange | null> {
    return this.#store.find(id);
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#child?.kill('SIGKILL');
  }

  /** What changed while no Gatehouse ran. */
  #start(): void {
    const { policy } = this.#options;
    const { version, refused, kept } = policy.status();
    const last = this.#store.all().find(({ ok }) => ok);
    const causes = [{ by: 'start' }] as const;
    if (last?.version !== version) {
      this.#add({ ok: true, before: last?.version ?? '', version, causes, problems: [] });
      if (kept?.version === version) void this.#kept(version);
    }
    if (refused !== null) this.#refused(version, causes, refused.problems);
  }

  #reloaded({ ok, changed, version, problems }: ReloadResult, { before, causes }: ReloadDetails): void {
    // `#kept` follows, and has it looked at.
    if (ok && changed) this.#add({ ok, before, version, causes, problems });
    else if (!ok) this.#refused(version, causes, problems);
  }

  #refused(version: string, causes: readonly ReloadCause[], problems: readonly Problem[]): void {
    const [last] = this.#store.all();
    const shown = JSON.stringify(problems.slice(0, maxProblems).map(masked));
    // The same files once more.
    if (last !== undefined && !last.ok && JSON.stringify(last.problems) === shown) return;
    const change = this.#add({ ok: false, before: version, version, causes, problems });
    const { dir } = this.#options.policy;
    this.#look(change, { rules: dir, policies: null }, null);
  }

  #add(what: Pick<RuleChange, 'ok' | 'before' | 'version' | 'causes' | 'problems'>): KeptChange {
    const at = Date.now();
    const stamp = new Date(at).toISOString().replace(/[-:.]/g, '');
    const id = `${stamp}-${randomBytes(2).toString('hex')}`;
    const found = { commit: null, files: 'pending', calls: 'pending', recorded: 'pending' } as const;
    const problems = what.problems.slice(0, maxProblems).map(masked);
    const change = { ...what, id, at, problemCount: what.problems.length, problems, found, texts: null };
    void this.#store.put(change);
    return change;
  }

  /** The accepted policy is on disk, or could not be written; that of before is there still. */
  async #kept(version: string): Promise<void> {
    const change = this.#store.all().find((one) => one.ok && one.version === version);
    if (change?.found.files !== 'pending') return;
    const { accepted, dir, policy } = this.#options;
    const names = keptNames(accepted);
    const folderOf = (wanted: string) => names.find((name) => name.endsWith(`-${wanted}`));
    const [after, before] = [folderOf(change.version), folderOf(change.before)];
    if (after === undefined) {
      this.#look(change, { rules: policy.dir, policies: null }, null);
      return;
    }
    // Linked, because the next accepted policy removes the older one.
    const work = join(dir, 'work', change.id);
    try {
      await linkTree(join(accepted, after), join(work, 'after'));
      if (before !== undefined && change.before !== '')
        await linkTree(join(accepted, before), join(work, 'before'));
      const policies =
        before === undefined || change.before === ''
          ? null
          : { before: join(work, 'before'), after: join(work, 'after') };
      this.#look(change, { rules: join(work, 'after', 'rules'), policies }, work);
    } catch (error) {
      this.#options.log.warn('A change of the rules cannot be compared', { error: String(error) });
      this.#found(change.id, { files: failed, calls: failed, recorded: failed });
      await rm(work, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  #look(change: KeptChange, from: Pick<CompareTask, 'rules' | 'policies'>, work: string | null): void {
    if (this.#closed) return;
    const { policy, lists, redisUrl } = this.#options;
    const base =
      this.#store.all().find((one) => one.ok && one.id < change.id && one.texts !== null)?.texts ?? null;
    const task = {
      ...from,
      ...{ live: policy.dir, textsDir: this.#store.textsDir, base, lists, redisUrl, provingSeconds },
    };
    this.#waiting.push({ change, task, work });
    if (this.#waiting.length > maxWaiting) {
      const left = this.#waiting.shift();
      if (left) void this.#leave(left.change.id, left.work, 'there were too many changes at once');
    }
    this.#nextOne();
  }

  async #leave(id: string, work: string | null, why: string): Promise<void> {
    const found = (this.#whole.get(id) ?? this.#store.all().find((one) => one.id === id))?.found;
    const over = { failed: why };
    this.#found(id, {
      ...(found?.files === 'pending' && { files: over }),
      ...(found?.calls === 'pending' && { calls: over }),
      ...(found?.recorded === 'pending' && { recorded: over }),
    });
    if (work !== null) await rm(work, { recursive: true, force: true }).catch(() => undefined);
  }

  #nextOne(): void {
    if (this.#child !== null || this.#closed) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const { change, task, work } = next;
    const entry = new URL(`./compare-process${extname(import.meta.filename)}`, import.meta.url);
    const child = fork(fileURLToPath(entry), [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${memoryMb}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
    // It does not keep this process alive.
    timer.unref();
    child.unref();
    child.channel?.unref();
    child.on('message', (message: FromCompare) => {
      if (message.kind === 'found') this.#found(change.id, message.found);
      else if (message.kind === 'texts') this.#set(change.id, { texts: message.texts });
    });
    const ended = () => {
      if (this.#child !== child) return;
      clearTimeout(timer);
      this.#child = null;
      if (this.#closed) return;
      void this.#leave(change.id, work, 'it took too long or too much memory');
      this.#nextOne();
    };
    child.on('error', ended).on('exit', ended);
    // Read from `all` again: an earlier change may have its texts by now.
    const base = this.#store.all().find((one) => one.ok && one.id < change.id && one.texts !== null)?.texts;
    child.send({ ...task, base: base ?? task.base }, (error) => error && ended());
  }

  #found(id: string, found: Partial<RuleChangeFindings>): void {
    const known = this.#whole.get(id) ?? this.#store.all().find((one) => one.id === id);
    if (known !== undefined && Object.keys(found).length > 0)
      this.#set(id, { found: { ...known.found, ...found } });
  }

  #set(id: string, facts: Partial<Pick<KeptChange, 'found' | 'texts'>>): void {
    const known = this.#whole.get(id) ?? this.#store.all().find((one) => one.id === id);
    if (known === undefined || this.#closed) return;
    const change = { ...known, ...facts };
    const { files, calls, recorded } = change.found;
    if ([files, calls, recorded].includes('pending')) this.#whole.set(id, change);
    else this.#whole.delete(id);
    void this.#store.put(change);
  }
}

const failed = { failed: 'the files of the policy could not be kept' } as const;

/** A quoted number may be of a person, who may be erased later. */
function masked(problem: Problem): Problem {
  return { ...problem, message: maskNumbersIn(problem.message), remedy: maskNumbersIn(problem.remedy) };
}

/** The same files by another name. Rejects when there are none. */
async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [old, other] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(old, other);
    else if (entry.isFile()) await link(old, other);
  }
}
