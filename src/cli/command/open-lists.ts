import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { NameOf } from '../../call/called-name.ts';
import { ListLibrary } from '../../lists/list-library.ts';
import type { Region } from '../../numbers/phone-number.ts';
import { type DeclaredList, declaredLists } from '../../policy/compile/declared-lists.ts';
import { namedNumber } from '../../policy/named-number.ts';
import { dataDir, rulesDir } from './options.ts';
import { CommandError } from './run.ts';

export interface ListsPlace {
  /** The directory of the rules; left out: GATEHOUSE_RULES. */
  readonly rules?: string | undefined;
  /** The data directory; left out: GATEHOUSE_DATA. */
  readonly data?: string | undefined;
}

export interface DeclaredHere {
  readonly rules: string;
  /** Where the running Gatehouse keeps lists. */
  readonly dir: string;
  readonly region: Region;
  readonly declared: readonly DeclaredList[];
}

/** The lists that the rules name. @throws CommandError `rules` when policy.yaml cannot be read */
export async function declaredHere(place: ListsPlace): Promise<DeclaredHere> {
  const rules = rulesDir(place.rules);
  const dir = join(dataDir(place.data), 'lists');
  const text = await readFile(join(rules, 'policy.yaml'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError('rules', `cannot read ${join(rules, 'policy.yaml')} (${error.code})`);
  });
  const { region, lists: declared } = declaredLists(text);
  if (region === null)
    throw new CommandError('rules', `${join(rules, 'policy.yaml')} is refused; run gatehouse check`);
  return { rules, dir, region, declared };
}

/** With the content of `declared`, from images where there are some. */
export async function openedLists(
  { rules, dir, region }: DeclaredHere,
  declared: readonly DeclaredList[],
): Promise<ListLibrary> {
  const library = new ListLibrary({ dir, serving: false });
  await library.open(declared, region, rules, await realpath(rules));
  return library;
}

/** What lists call our own numbers. Rejects when the rules cannot be read. */
export async function namesInLists(place: ListsPlace): Promise<NameOf> {
  const here = await declaredHere(place);
  const naming = here.declared.filter(({ blocks }) => !blocks);
  const library = await openedLists(here, naming);
  const lists = new Map(
    naming.flatMap(({ id }) => {
      const list = library.list(id);
      return list ? [[id, list]] : [];
    }),
  );
  const now = Date.now();
  return (called) => namedNumber({ lists, blockLists: new Set() }, called, now);
}
