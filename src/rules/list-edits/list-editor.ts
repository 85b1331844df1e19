import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { DateTime } from 'luxon';
import type { ListEdit, ListEditResult, ListEdits } from '../../call/staff/list-edits.ts';
import { commitAlone } from '../../lists/edits/commit-alone.ts';
import { editInThread } from '../../lists/edits/edit-in-thread.ts';
import { fileSignature } from '../../lists/edits/edit-list-file.ts';
import { type ListChange, ListJournal } from '../../lists/edits/list-journal.ts';
import { type EditedFile, EditRefused, type RowEdit, type RowTexts } from '../../lists/edits/row-edit.ts';
import { keyOf } from '../../lists/edits/written-rows.ts';
import type { Log } from '../../log/log.ts';
import { hasErrors, type Problem } from '../../policy/problem.ts';
import { maskNumbersIn } from '../../privacy/mask-number.ts';
import { RepeatedLook } from '../../process/repeated-look.ts';
import { visibleText } from '../../text/visible-text.ts';
import type { LivePolicy } from '../live-policy.ts';
import type { Proof } from '../policy-loader.ts';
import { type Editable, EditableLists } from './editable-lists.ts';

export interface ListEditorOptions {
  readonly policy: LivePolicy;
  /** File of the changes that can be undone. */
  readonly journal: string;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /** Epoch ms. */
  readonly now?: () => number;
}

const lookEveryMs = 30_000;
const maxTries = 3;
/** Edits that wait for each other; each proves the whole policy. */
const maxWaiting = 20;
const longestText = 200;

/**
 * Changes rows of list files, one change after the other. Nothing is renamed into place before the whole policy was read,
 * proven and its cases run with the changed file, by the process that loads rules; then it is reloaded, and committed where
 * the rules are a git repository. No method rejects.
 */
export class ListEditor implements ListEdits {
  readonly #options: ListEditorOptions;
  readonly #editable: EditableLists;
  readonly #journal: ListJournal;
  readonly #look: RepeatedLook;
  readonly #unsubscribe: () => void;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: ListEditorOptions) {
    this.#options = options;
    this.#editable = new EditableLists(options.policy);
    this.#journal = new ListJournal(options.journal);
    this.#look = new RepeatedLook(lookEveryMs, () => this.#editable.look());
    this.#unsubscribe = options.policy.onReload(() => void this.#look.now());
    this.#look.start();
  }

  close(): void {
    this.#unsubscribe();
    this.#look.close();
  }

  /** Lists that can be changed here. */
  lists(): readonly { readonly id: string; readonly blocks: boolean }[] {
    return this.#editable
      .all()
      .flatMap(({ list, why }) => (why === null ? [{ id: list.id, blocks: list.blocks }] : []));
  }

  /** Why a list cannot be changed here, for people; null: it can. */
  whyNot(list: string): string | null {
    const found = this.#editable.find(list);
    return found === null ? 'it is not known yet whether its file can be written' : found.why;
  }

  /** The last changes, the newest first. */
  changes(): Promise<readonly ListChange[]> {
    return this.#journal.read();
  }

  add({ list, number, name, reason, expiresAt, who }: ListEdit): Promise<ListEditResult> {
    return this.#next(async () => {
      const key = this.#keyOf(number);
      const said = this.#said(reason, who);
      if (expiresAt !== null && expiresAt <= this.#now())
        throw new EditRefused('the day on which it ends is over');
      const texts: RowTexts = { name, note: said.note, expiresAt };
      const edit: RowEdit = { kind: 'add', key, texts };
      return this.#change(this.#listOf(list), edit, { ...said, key, name, done: 'added', undoes: null });
    });
  }

  remove({
    list,
    number,
    reason,
    who,
  }: Pick<ListEdit, 'list' | 'number' | 'reason' | 'who'>): Promise<ListEditResult> {
    return this.#next(async () => {
      const key = this.#keyOf(number);
      const said = this.#said(reason, who);
      const edit: RowEdit = { kind: 'remove', key };
      return this.#change(this.#listOf(list), edit, {
        ...said,
        key,
        name: null,
        done: 'removed',
        undoes: null,
      });
    });
  }

  undo(change: string, who: string): Promise<ListEditResult> {
    return this.#next(async () => {
      const undone = (await this.#journal.read()).find(({ id }) => id === change);
      if (undone === undefined) throw new EditRefused('there is no such change, or it is too long ago');
      if (undone.undoneBy !== null) throw new EditRefused('it is undone already');
      const { key, left, size, taken, name } = undone;
      const isAdded = undone.done === 'added';
      const edit: RowEdit = isAdded
        ? { kind: 'withdraw', key, size, left }
        : { kind: 'restore', key, rows: taken, left };
      const said = this.#said(`undo: ${undone.reason}`, who);
      const done = isAdded ? 'removed' : 'added';
      return this.#change(this.#listOf(undone.list), edit, { ...said, key, name, done, undoes: change });
    });
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  #next(work: () => Promise<ListEditResult>): Promise<ListEditResult> {
    const refused = (why: string): ListEditResult => ({ result: 'refused', why });
    if (this.#waiting >= maxWaiting)
      return Promise.resolve(refused('too many changes wait for each other; try again in a minute'));
    this.#waiting++;
    const result = this.#last.then(work).catch((error: unknown) => {
      if (error instanceof EditRefused) return refused(error.message);
      this.#options.log.error('A list could not be changed', { error });
      return refused('it could not be done; the log has the reason');
    });
    this.#last = result;
    void result.then(() => this.#waiting--);
    return result;
  }

  #keyOf(number: string): string {
    const region = this.#options.policy.declared?.region;
    const key = region === undefined ? null : keyOf(number.slice(0, 64), region);
    if (key === null) throw new EditRefused(`${JSON.stringify(number.slice(0, 64))} is not a phone number`);
    return key;
  }

  #said(reason: string, who: string): Pick<ListChange, 'reason' | 'who'> & { readonly note: string } {
    const why = visibleText(reason, 'space', longestText);
    if (why === '') throw new EditRefused('say why');
    const by = visibleText(who, 'space', 60);
    const day = DateTime.fromMillis(this.#now()).toISODate();
    return { reason: why, who: by, note: `${why} (${by}, ${day})` };
  }

  #listOf(id: string): Editable & { readonly path: string } {
    const found = this.#editable.find(id);
    if (found === null) throw new EditRefused(`there is no list "${id.slice(0, 60)}" in the policy in force`);
    const { path, why } = found;
    if (path === null) throw new EditRefused(`the list cannot be changed here: ${why}`);
    return { ...found, path };
  }

  async #change(
    { list, path }: Editable & { readonly path: string },
    edit: RowEdit,
    about: Pick<ListChange, 'reason' | 'who' | 'key' | 'name' | 'done' | 'undoes'>,
  ): Promise<ListEditResult> {
    const { policy, log } = this.#options;
    const region = policy.declared?.region;
    if (region === undefined || list.source.kind !== 'file') throw new EditRefused('there is no such list');
    const { reading, id, source } = list;
    for (let tried = 1; ; tried++) {
      const written = await editInThread({ path, reading, region, edit, now: this.#now() });
      try {
        mustHold(await policy.prove(new Map([[id, written.beside]])), id, about, policy.lastError);
        if ((await signatureOf(path)) !== written.signature) {
          if (tried >= maxTries)
            throw new EditRefused('another program changes the file at the same time; try again');
          continue;
        }
        const change: ListChange = {
          ...{ id: randomUUID(), at: this.#now(), list: id, path: source.path },
          ...{ key: about.key, name: about.name, reason: about.reason, who: about.who, done: about.done },
          ...{ left: written.left, size: written.size, taken: [...written.taken] },
          ...{ undoes: about.undoes, undoneBy: null, git: null },
        };
        await this.#putInPlace(path, written, change);
        log.info('A list was changed', { list: id, change: change.id, done: about.done });
        await policy.proven(id);
        const reloading = policy.reload({ by: 'list-edit', who: about.who, list: id });
        await this.#commit(path, change);
        await reloading;
        return { result: 'done', change: change.id };
      } finally {
        await rm(written.beside, { force: true });
        await policy.proven();
      }
    }
  }

  /** In the journal first: what is changed can be undone, also when the power goes now. */
  async #putInPlace(path: string, written: EditedFile, change: ListChange): Promise<void> {
    await this.#journal.add(change);
    try {
      await rename(written.beside, path);
    } catch (error) {
      await this.#journal.remove(change.id);
      throw new EditRefused(`the file cannot be written (${(error as NodeJS.ErrnoException).code})`);
    }
    if (change.undoes !== null) await this.#journal.set(change.undoes, { undoneBy: change.id });
    await syncDirectory(dirname(path));
  }

  /** The change stands, whatever git says. */
  async #commit(path: string, { id, key, list, done, reason, who }: ListChange): Promise<void> {
    const { log } = this.#options;
    const what =
      done === 'added' ? `Add ${maskNumbersIn(key)} to ${list}` : `Remove ${maskNumbersIn(key)} from ${list}`;
    const message = `${what}\n\n${reason}\n`;
    const git = await commitAlone({ dir: dirname(path), file: basename(path), message, author: who });
    if (git !== 'committed' && git !== 'no-repository')
      log.warn('A changed list was not committed', { list, change: id, error: git });
    await this.#journal
      .set(id, { git })
      .catch((error: unknown) => log.warn('A change was not noted', { error }));
  }
}

/** @throws EditRefused with the file the policy would be refused, or would not have what was wanted */
function mustHold(
  { problems, lists }: Proof,
  id: string,
  { key, done }: Pick<ListChange, 'key' | 'done'>,
  refusedAlready: readonly Problem[] | null,
): void {
  if (hasErrors(problems)) throw new EditRefused(refusal(problems, refusedAlready));
  const number = lists.get(id)?.list;
  const first = /[^*.]+/.exec(key)?.[0] ?? key;
  const at = key.endsWith('*') ? first.padEnd(8, '0') : first;
  // Also of rows that ended: `undo` may bring one back.
  const isThere = number?.locate(at, 0).some(({ pattern }) => pattern === key) ?? false;
  if (isThere !== (done === 'added'))
    throw new EditRefused('the changed file would not be read as it is meant; change it by hand');
}

function refusal(problems: readonly Problem[], refusedAlready: readonly Problem[] | null): string {
  const errors = (refusedAlready ?? problems).filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const why = `${first?.message ?? 'see the page of rules'}${more}; ${first?.remedy ?? ''}`;
  return refusedAlready === null
    ? `with it the rules would be refused: ${why}`
    : `the rule files are refused as they are, so that nothing can be proven: ${why}`;
}

async function signatureOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found && fileSignature(found);
}

async function syncDirectory(dir: string): Promise<void> {
  const opened = await open(dir, 'r').catch(() => null);
  await opened?.sync().catch(() => undefined);
  await opened?.close();
}
