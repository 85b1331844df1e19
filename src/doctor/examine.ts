import { join } from 'node:path';
import type { CallRecords } from '../call/call-records.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import { ListLibrary } from '../lists/list-library.ts';
import { loadRules } from '../rules/read-rules.ts';
import { type AsteriskProbe, probeAsterisk } from './asterisk-probe.ts';
import { error, type Finding, type Group, unknown } from './finding.ts';
import { access } from './groups/access.ts';
import { asterisk } from './groups/asterisk.ts';
import { clock } from './groups/clock.ts';
import { dialplan } from './groups/dialplan.ts';
import { exits } from './groups/exits.ts';
import { lists } from './groups/lists.ts';
import { machine } from './groups/machine.ts';
import { records } from './groups/records.ts';
import { redis } from './groups/redis.ts';
import { rules } from './groups/rules.ts';
import { service } from './groups/service.ts';
import { settings } from './groups/settings.ts';
import { sounds } from './groups/sounds.ts';
import { trunk } from './groups/trunk.ts';
import type { Site } from './site.ts';

/** Those that look at the whole site, in order. */
const ofSite: readonly (readonly [Group, (site: Site) => AsyncIterable<Finding>])[] = [
  ['rules', rules],
  ['asterisk', asterisk],
  ['dialplan', dialplan],
  ['trunk', trunk],
  ['exits', exits],
  ['sounds', sounds],
  ['service', service],
  ['lists', lists],
  ['records', records],
  ['access', access],
  ['clock', clock],
];

/**
 * Looks at the whole road of a call, from this machine to the exits. Nothing is changed. A group that fails says so and ends alone.
 * @param before before anything is configured: only what Gatehouse needs on this machine
 * @param callCanary have the running Gatehouse make its own calls now
 * @param records of the running Gatehouse
 */
export async function* examine(
  env: NodeJS.ProcessEnv,
  before: boolean,
  callCanary = false,
  records: CallRecords | null = null,
): AsyncGenerator<Finding> {
  if (before) {
    yield* guarded('machine', machine(null));
    return;
  }
  const read = readSettings(env);
  yield* guarded('machine', machine(read.ok ? read.settings : null));
  yield* settings(read);
  if (!read.ok) return;
  yield* guarded('redis', redis(read.settings));
  // First: they may take long, and the channel that Asterisk is asked through should not stay that long.
  const library = new ListLibrary({ dir: join(read.settings.data, 'lists'), serving: false });
  const found = await loadRules(read.settings.rules, library).catch(() => ({ policy: null, problems: [] }));
  const { probe, problem } = await asked(read.settings);
  try {
    const site: Site = {
      ...{ settings: read.settings, rules: found, records, callCanary },
      ...{ asterisk: probe, asteriskProblem: problem },
    };
    for (const [group, look] of ofSite) yield* guarded(group, look(site));
  } finally {
    await probe?.close();
  }
}

async function asked(
  settings: Settings,
): Promise<{ readonly probe: AsteriskProbe | null; readonly problem: Finding | null }> {
  try {
    return { probe: await probeAsterisk(settings), problem: null };
  } catch (failed) {
    const code = (failed as { code?: string }).code ?? 'failed';
    const message = failed instanceof Error ? failed.message : String(failed);
    const isSetting = (failed as Error).name === 'AriPreflightError';
    const remedy = isSetting
      ? 'docs/install.md, step 3'
      : "systemctl status asterisk; enabled = yes in http.conf and ari.conf, [general]; asterisk -rx 'http show status'";
    const found = isSetting ? message : `Asterisk's ARI does not answer: ${message}`;
    return { probe: null, problem: error(`asterisk.ari-${code}`, found, remedy) };
  }
}

async function* guarded(group: Group, findings: AsyncIterable<Finding>): AsyncGenerator<Finding> {
  try {
    yield* findings;
  } catch (failed) {
    const why = failed instanceof Error ? failed.message : String(failed);
    yield unknown(`${group}.examined`, `could not be checked: ${why}`);
  }
}
