import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isWritable } from '../../lists/edits/written-rows.ts';
import type { DeclaredList } from '../../policy/compile/declared-lists.ts';
import type { LivePolicy } from '../live-policy.ts';

/** Whether a list can be changed here. */
export interface Editable {
  readonly list: DeclaredList;
  /** Its file without links; null with `why`. */
  readonly path: string | null;
  /** Why not, for people; null: it can. */
  readonly why: string | null;
}

const howToAllow = 'docs/install.md says how to allow it ("Lists changed in the browser")';

/** Which lists of the policy in force can be changed here. From memory; `look` finds out. */
export class EditableLists {
  readonly #policy: Pick<LivePolicy, 'declared' | 'dir'>;
  #found: ReadonlyMap<string, Editable> = new Map();

  constructor(policy: Pick<LivePolicy, 'declared' | 'dir'>) {
    this.#policy = policy;
  }

  all(): readonly Editable[] {
    return [...this.#found.values()];
  }

  find(id: string): Editable | null {
    return this.#found.get(id) ?? null;
  }

  /** Never rejects. */
  async look(): Promise<void> {
    const { declared, dir } = this.#policy;
    const root = await realpath(dir).catch(() => dir);
    const lists = await Promise.all((declared?.lists ?? []).map((list) => editable(list, root)));
    this.#found = new Map(lists.map((one) => [one.list.id, one]));
  }
}

async function editable(list: DeclaredList, root: string): Promise<Editable> {
  const not = (why: string): Editable => ({ list, path: null, why });
  const { source, reading } = list;
  if (source.kind === 'feed') return not('it is a feed: whoever publishes it changes it');
  if (!isWritable(reading))
    return not(`its format, ${reading.format}, is not written here; only text and csv are`);
  if (source.path.endsWith('.gz')) return not('its file is packed (.gz)');
  try {
    const path = await realpath(join(root, source.path));
    if (!path.startsWith(`${root}/`))
      return not('its file is a link to a file outside of the rule directory');
    // A file is replaced by another, so its directory must be writable; and its owner stays what it is.
    await access(dirname(path), constants.W_OK);
    const { uid } = await stat(path);
    const user = process.geteuid?.() ?? uid;
    if (user !== 0 && uid !== user)
      return not(`its file belongs to another user than the service's; ${howToAllow}`);
    return { list, path, why: null };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return not('its file is missing');
    return not(`the service may not write to the directory of its file (${code}); ${howToAllow}`);
  }
}
