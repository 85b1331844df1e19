import type { Settings } from '../config/settings.ts';
import type { ListLibrary } from '../lists/list-library.ts';
import type { KeylessTrunks } from '../notices/keyless-trunks.ts';
import type { Notices } from '../notices/notices.ts';
import type { Health } from '../report/api/health.ts';
import type { LivePolicy } from '../rules/live-policy.ts';
import type { Admission } from '../screening/admission.ts';
import { otherContractRemedy, readableContracts } from '../screening/entry/entry-args.ts';
import type { CallScreening } from './call-screening.ts';
import type { ExposedRules } from './exposed-rules.ts';
import { levelsOf } from './level-measures.ts';
import type { OwnCalls } from './open-canary.ts';
import type { RecordKeeping } from './record-keeping.ts';

/** The state of each component, for the health routes and the metrics. */
export function componentHealth(parts: {
  readonly settings: Settings;
  readonly exposedRules: ExposedRules;
  readonly keyless: KeylessTrunks;
  readonly canary: OwnCalls;
  readonly policy: LivePolicy;
  readonly lists: ListLibrary;
  readonly recordKeeping: RecordKeeping;
  readonly screening: CallScreening;
  readonly admission: Admission;
  readonly notices: Notices;
}): () => Health {
  const { policy, lists, recordKeeping, screening, admission, notices } = parts;
  const { outbox, pulse, site, levels } = recordKeeping;
  return () => ({
    ari: screening.link.state(),
    redis: pulse.health().state,
    redisSince: pulse.health().since,
    redisDangers: redisDangers(recordKeeping),
    policy: policy.status(),
    quarantined: quarantinedFeeds(lists),
    settings: parts.settings.problems,
    keylessTrunks: parts.keyless.found(),
    canary: parts.canary.state(),
    exposedFiles: parts.exposedRules.found(),
    failingChannels: notices.troubles(),
    closures: site.closures(Date.now()),
    levels: levelsOf(levels.at(Date.now()), policy.current()),
    oddSettings: screening.link.oddSettings(),
    otherDialplan: otherDialplan(screening.link.otherContract()),
    backlog: outbox.waitingOutcomes(),
    outbox: outbox.state(),
    liveCalls: screening.screener.liveCalls().length,
    overload: admission.figures,
  });
}

function otherDialplan(version: string | null): Health['otherDialplan'] {
  if (version === null) return null;
  const message = `gatehouse.conf is of contract version ${version}, and this program reads ${readableContracts.join(', ')}`;
  return { version, message, remedy: otherContractRemedy };
}

/** Why Redis takes no records now, and what may lose them. */
function redisDangers({ pulse, dangers }: RecordKeeping): Health['redisDangers'] {
  const refusal = pulse.refusal();
  if (refusal === null) return dangers.dangers();
  const { code, message, remedy } = refusal;
  return [{ code, level: 'error', message, remedy, server: '' }, ...dangers.dangers()];
}

/** Feeds whose newest content waits for a person, and why. */
export function quarantinedFeeds(
  lists: ListLibrary,
): { readonly list: string; readonly at: number; readonly code: string; readonly message: string }[] {
  return lists.status().flatMap(({ id, quarantined }) => (quarantined ? [{ list: id, ...quarantined }] : []));
}
