import { join } from 'node:path';
import { readStatus } from '../../lists/list-status.ts';
import { type Finding, ok, warning } from '../finding.ts';
import type { Site } from '../site.ts';

const dayMs = 86_400_000;
const uncheckedDays = 3;
const unchangedDays = 90;
const mostShown = 20;

/** As the running Gatehouse last wrote them down. */
export async function* lists({ settings }: Site): AsyncGenerator<Finding> {
  const all = await readStatus(join(settings.data, 'lists'));
  const found = all.flatMap((list) => [...wrongOf(list)]).slice(0, mostShown);
  yield* found;
  if (found.length === 0 && all.length > 0) yield ok('lists.current', `${all.length} lists are current`);
}

function* wrongOf(list: Awaited<ReturnType<typeof readStatus>>[number]): Generator<Finding> {
  const { id, kind, contentAt, checkedAt, lastError, size } = list;
  const ageDays = (at: number) => Math.floor((Date.now() - at) / dayMs);
  if (lastError !== null)
    yield warning(
      `lists.refused.${id}`,
      `list ${id} is not the newest: ${lastError.message}`,
      'gatehouse lists',
    );
  else if (kind === 'feed' && (checkedAt === null || ageDays(checkedAt) >= uncheckedDays))
    yield warning(
      `lists.unchecked.${id}`,
      `feed ${id} was ${checkedAt === null ? 'never' : `last ${ageDays(checkedAt)} days ago`} confirmed to be the newest`,
      'gatehouse lists; can this machine reach its address?',
    );
  else if (kind === 'feed' && contentAt !== null && ageDays(contentAt) >= unchangedDays)
    yield warning(
      `lists.unchanged.${id}`,
      `feed ${id} has not changed for ${ageDays(contentAt)} days`,
      'ask its publisher whether it is still kept, or take it out of policy.yaml',
    );
  if (size === 0)
    yield warning(
      `lists.empty.${id}`,
      `list ${id} is empty: rules that ask for it match no call`,
      'gatehouse lists',
    );
}
