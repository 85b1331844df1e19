import { join } from 'node:path';
import { FeedStore } from '../lists/feeds/feed-store.ts';
import type { ListLibrary } from '../lists/list-library.ts';
import { hasErrors, type Problem } from '../policy/problem.ts';
import { keptNames, readManifest } from './accepted-files.ts';
import type { LoadedPolicy, LoadOptions, PolicyLoader } from './policy-loader.ts';
import { rulesSignature } from './rules-watcher.ts';

export interface LoadParts {
  readonly dir: string;
  readonly loader: PolicyLoader;
  readonly lists: ListLibrary;
  /** Where accepted policies are kept; null: nowhere. */
  readonly accepted: string | null;
  readonly log: { error(message: string, fields?: Record<string, unknown>): void };
}

/**
 * Loads the rule directory with the newest content of its feeds. When only that makes it refused, the feeds at fault go into
 * quarantine, and the policy comes into force with the others.
 * @param isSettled false: the files changed since they were read, and nothing follows from what was found
 */
export async function loadNewest(
  { dir, loader, lists }: LoadParts,
  isSettled: () => Promise<boolean>,
): Promise<LoadedPolicy> {
  const newest = await loader.load(dir);
  const candidates = lists.candidates;
  if (newest.policy !== null || candidates.length === 0) return newest;
  let best = await loader.load(dir, withFeeds(new Set()));
  if (best.policy === null) return newest;
  const good = new Set<string>();
  let isOpen = true;
  for (const id of candidates) {
    const only = candidates.length === 1;
    const tried = only ? newest : await loader.load(dir, withFeeds(new Set([...good, id])));
    if (tried.policy !== null) {
      good.add(id);
      best = tried;
      isOpen = true;
      continue;
    }
    isOpen = only;
    const declared = newest.declared?.lists.find((one) => one.id === id);
    const fault = tried.problems.find(({ severity }) => severity === 'error');
    if (declared && (await isSettled())) await lists.refuse(declared, fault);
  }
  // The library holds the lists that were loaded last; they must be those that come into force.
  return isOpen ? best : loader.load(dir, withFeeds(good));
}

function withFeeds(candidates: ReadonlySet<string>): LoadOptions {
  return { feeds: { from: 'store', candidates } };
}

const maxAttempts = 4;

/** `loadNewest`. Files that change while they are read could combine into a policy that was never written. */
export async function loadSettled(parts: LoadParts): Promise<LoadedPolicy> {
  const { dir } = parts;
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const before = await rulesSignature(dir);
    const isSettled = async () => (await rulesSignature(dir)) === before;
    const loaded = await loadNewest(parts, isSettled);
    if (await isSettled()) return loaded;
  }
  return { policy: null, problems: [unsettled(dir)], declared: null };
}

function unsettled(dir: string): Problem {
  return {
    severity: 'error',
    file: dir,
    line: 1,
    column: 1,
    message: `the files changed ${maxAttempts} times while they were read`,
    remedy: 'let the program that writes them end, then run gatehouse reload',
    code: 'unsettled',
  };
}

/** Used in place of refused rules. */
export interface StandIn {
  readonly loaded: LoadedPolicy & { readonly policy: NonNullable<LoadedPolicy['policy']> };
  /** When it was accepted, epoch ms; null: the current rules with empty feeds. */
  readonly keptAt: number | null;
}

/** The newest policy that was accepted and can be loaded; else the rules with empty feeds. Null: neither. */
export async function loadStandIn(parts: LoadParts): Promise<StandIn | null> {
  const { dir, loader, accepted, log } = parts;
  for (const name of accepted === null ? [] : keptNames(accepted)) {
    const folder = join(accepted ?? '', name);
    const fault = await loader.look(folder);
    if (fault !== null) {
      log.error('An accepted policy cannot be used; trying the one before it', { folder, fault });
      continue;
    }
    const loaded = await loader.load(join(folder, 'rules'), {
      feeds: { from: new FeedStore(join(folder, 'feeds')) },
      wasAccepted: true,
    });
    if (isGood(loaded)) return { loaded, keptAt: readManifest(folder).keptAt };
    const problems = loaded.problems.slice(0, 5).map(({ message }) => message);
    log.error('An accepted policy is refused now; trying the one before it', { folder, problems });
  }
  const withoutFeeds = await loader.load(dir, { feeds: { from: null } });
  const hasFeeds = withoutFeeds.declared?.lists.some(({ source }) => source.kind === 'feed') ?? false;
  return hasFeeds && isGood(withoutFeeds) ? { loaded: withoutFeeds, keptAt: null } : null;
}

function isGood(loaded: LoadedPolicy): loaded is StandIn['loaded'] {
  return loaded.policy !== null && !hasErrors(loaded.problems);
}
