import type { NumberList } from '../lists.ts';
import { text } from '../schema-words.ts';
import { wordRemedy } from '../spelling.ts';
import type { CompileContext } from './condition.ts';

export const listName = text(
  'the list',
  /^[a-z][a-z0-9-]{0,47}$/,
  'write the name of a list: small letters, digits and hyphens',
);

/** The lists of these names; a name that no list has is refused. */
export function resolveLists(names: readonly string[], context: CompileContext): readonly NumberList[] {
  return names.flatMap((name, index) => {
    const list = context.lists.get(name);
    if (list) return [list];
    const remedy = `${wordRemedy(name, [...context.lists.keys()], 'lists')}; lists are declared under lists:`;
    context.refuse([index], `there is no list "${name}"`, remedy, 'unknown-list');
    return [];
  });
}
