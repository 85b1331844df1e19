import type { ListLibrary } from '../lists/list-library.ts';
import type { ListEntry } from '../policy/number-list.ts';
import { includesRole } from '../report/access/role.ts';
import type { PageDeps, PolicyView } from '../report/web/page-deps.ts';
import type { ListBrowser, ListRows } from '../report/web/routes/list-browser.ts';
import type { ListEditor } from '../rules/list-edits/list-editor.ts';
import { inSlices } from '../rules/policy-loader.ts';

/** Of one search for words, without what calls take in between. */
const maxSearchMs = 600;
const unread: ListRows = { rows: [], all: null, isWhole: false };

/** What the pages of lists ask: rows from memory, changes by the editor. */
export function listPages(
  library: ListLibrary,
  editor: ListEditor,
  { canonical }: Pick<PolicyView, 'canonical'>,
): Pick<PageDeps, 'listEdits' | 'listBrowser'> {
  let searching: Promise<unknown> = Promise.resolve();
  const searched = async (list: string, text: string, count: number): Promise<ListRows> => {
    const held = library.list(list);
    if (held === null) return unread;
    const now = Date.now();
    const whole = (rows: readonly ListEntry[], all: number | null = rows.length): ListRows => ({
      ...{ rows, all, isWhole: true },
    });
    const number = canonical(text);
    if (number !== null) return whole(held.locate(number, now));
    const [, first] = /^(\+[\d ().-]*\d)[ ().-]*\*?$/.exec(text) ?? [];
    if (first !== undefined) {
      const { all, entries } = held.beginningWith(first.replace(/[^+\d]/g, ''), count, now);
      return whole(entries, all);
    }
    const words = text.toLowerCase();
    const until = performance.now() + maxSearchMs;
    const found = await inSlices(held.naming(words, count, now, () => performance.now() > until));
    return { rows: found.entries, all: null, isWhole: found.isWhole };
  };
  const listBrowser: ListBrowser = {
    rows(list, from, count) {
      const held = library.list(list);
      if (held === null) return null;
      return { rows: held.entries(from, count, Date.now()), all: held.size, isWhole: true };
    },
    // One after the other: each takes its share of the event loop.
    search(list, text, count) {
      const found = searching.then(() => searched(list, text, count));
      searching = found.catch(() => undefined);
      return found;
    },
    whyNot: (list) => editor.whyNot(list),
    changes: () => editor.changes(),
    form: ({ visitor }) => (visitor !== null && includesRole(visitor.role, 'admin') ? visitor : null),
    note: (request, edit) =>
      request.noteAction({ event: 'listed', calls: [], numbers: [edit.number], detail: edit.detail }),
  };
  return { listEdits: editor, listBrowser };
}
