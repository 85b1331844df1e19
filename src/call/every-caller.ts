import type { CallFilter } from './call-filter.ts';
import type { CallRecords, TopCaller } from './call-records.ts';

const atOnce = 5000;

/**
 * Every caller with a number, in batches: the 5000 with the most calls first, then the others in the order of their numbers. However many
 * there are, one batch is in memory, and none comes twice. Rejects when the records do.
 */
export async function* everyCaller(
  records: Pick<CallRecords, 'topCallers' | 'callersAfter'>,
  filter: CallFilter,
): AsyncGenerator<readonly TopCaller[]> {
  const { callers, all } = await records.topCallers(filter, atOnce);
  yield callers;
  if (all <= callers.length) return;
  const given = new Set(callers.map(({ caller }) => caller));
  for (let after: string | undefined = ''; after !== undefined; ) {
    const batch: readonly TopCaller[] = await records.callersAfter(filter, after, atOnce);
    yield batch.filter(({ caller }) => !given.has(caller));
    after = batch.length < atOnce ? undefined : batch.at(-1)?.caller;
  }
}
