import { join } from 'node:path';
import { readStatus } from '../../lists/list-status.ts';
import { type Finding, ok, warning } from '../finding.ts';
import type { Site } from '../site.ts';

const dayMs = 86_400_000;
const uncheckedDays = 3;
const unchangedDays = 90;
const unmatchedDays = 90;
/** Records of the oldest day go first. */
const settledMs = 2 * dayMs;
const mostCallers = 200_000;
const mostShown = 20;

/** As the running Gatehouse last wrote them down. */
export async function* lists(site: Site): AsyncGenerator<Finding> {
  const { settings } = site;
  const all = await readStatus(join(settings.data, 'lists'));
  const found = all.flatMap((list) => [...wrongOf(list)]).slice(0, mostShown);
  yield* found;
  if (found.length === 0 && all.length > 0) yield ok('lists.current', `${all.length} lists are current`);
  yield* unmatched(site);
}

/** Lists in which no number of any call stands: neither a caller nor what was called. */
async function* unmatched({ records, rules: { policy } }: Site): AsyncGenerator<Finding> {
  if (records === null || policy === null) return;
  const lists = [...policy.lists.values()].filter(({ size }) => size > 0);
  if (lists.length === 0) return;
  const now = Date.now();
  const since = now - unmatchedDays * dayMs;
  const { calls: first } = await records.page({ since: 0, until: since + settledMs }, null, 1);
  // Not known for so long: a young site, or a short GATEHOUSE_RETENTION_DAYS.
  if (first.length === 0) return;
  const range = { since, until: now };
  const { calls, callers } = await records.topCallers(range, mostCallers);
  const counted = callers.reduce((sum, one) => sum + one.calls, 0);
  // A list may hold those that were left out; and a pseudonym stands in none.
  if (counted < calls || callers.some(({ caller }) => !caller.startsWith('+'))) return;
  const others = [...(await records.counts('called', range)), ...(await records.counts('short-code', range))];
  const numbers = [...callers.map(({ caller }) => caller), ...others.map(({ value }) => value)];
  const idle = lists.filter((list) => !numbers.some((number) => list.find(number, now) !== null));
  for (const { id } of idle.slice(0, mostShown))
    yield warning(
      `lists.unmatched.${id}`,
      `no caller or called number of the last ${unmatchedDays} days stands in list ${id}`,
      'is it still the right one? If not: take it out of policy.yaml',
    );
  if (idle.length === 0)
    yield ok('lists.matched', `each list has a number of some call of the last ${unmatchedDays} days`);
}

function* wrongOf(list: Awaited<ReturnType<typeof readStatus>>[number]): Generator<Finding> {
  const { id, kind, format, contentAt, checkedAt, lastError, size } = list;
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
  // A blacklist of FreePBX, whose copy it is, may well be empty.
  if (size === 0 && format !== 'astdb')
    yield warning(
      `lists.empty.${id}`,
      `list ${id} is empty: rules that ask for it match no call`,
      'gatehouse lists',
    );
}
