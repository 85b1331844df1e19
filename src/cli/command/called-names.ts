import { type NameOf, noNames } from '../../call/called-name.ts';
import type { ListsPlace } from './open-lists.ts';

/**
 * What lists call our own numbers, as on the pages. Without rules that can be read they have no names: commands also run where nothing but
 * Redis is. What reads lists takes as long to load as everything else of a command, and is loaded when it is needed.
 */
export async function calledNames(place: ListsPlace = {}): Promise<NameOf> {
  try {
    const { namesInLists } = await import('./open-lists.ts');
    return await namesInLists(place);
  } catch {
    return noNames;
  }
}
