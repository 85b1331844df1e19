import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { numberPlans } from '../../numbers/number-plans.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { quoted } from '../pasted.ts';

const [oldestMajor, oldestMinor] = [24, 6];
const oldPlansDays = 365;
const [fewMiB, lowMiB] = [100, 1024];

/** Before anything is configured: `settings` is null. */
export async function* machine(settings: Settings | null): AsyncGenerator<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  yield major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
    ? ok('machine.node', `Node ${process.versions.node}`)
    : error(
        'machine.node',
        `Node ${process.versions.node} is too old`,
        `install Node ${oldestMajor}.${oldestMinor} or newer`,
      );
  const ageDays = Math.floor((Date.now() - Date.parse(numberPlans.released)) / 86_400_000);
  yield ageDays <= oldPlansDays
    ? ok('machine.number-plans', `number plans of the world are ${Math.max(0, ageDays)} days old`)
    : warning(
        'machine.number-plans',
        `number plans of the world are ${ageDays} days old: newer area codes are taken for unallocated`,
        'install a newer version of Gatehouse',
      );
  const speech = process.env.GATEHOUSE_TTS ? ['sox'] : ['sox', 'espeak-ng'];
  const missing: string[] = [];
  for (const tool of speech) if (!(await isInPath(tool))) missing.push(tool);
  yield missing.length === 0
    ? ok('machine.speech', 'the programs that make prompts are installed')
    : warning('machine.speech', `prompts cannot be made here: ${missing.join(' and ')} missing`, {
        command: `apt install -y ${missing.join(' ')}`,
      });
  if (settings === null) return;
  yield* directory('machine.data', settings.data, 'GATEHOUSE_DATA');
  yield* directory('machine.spool', settings.spool, 'GATEHOUSE_SPOOL');
}

async function* directory(
  id: 'machine.data' | 'machine.spool',
  path: string,
  setting: string,
): AsyncGenerator<Finding> {
  const problem = await access(path, constants.R_OK | constants.W_OK).then(
    () => null,
    (failed: NodeJS.ErrnoException) => failed.code ?? 'unknown',
  );
  if (problem !== null) {
    const { username } = userInfo();
    const command =
      id === 'machine.spool'
        ? `install -d -m 2770 ${quoted(path)} && chown --reference=${quoted(dirname(path))} ${quoted(path)}`
        : `install -d -o ${username} -g "$(id -gn ${username})" -m 0700 ${quoted(path)}`;
    yield error(
      id,
      problem === 'ENOENT'
        ? `${setting} ${path} is not there`
        : `${setting} ${path} cannot be read and written by this user (${problem})`,
      { words: "the service's user must be able to write there", command },
    );
    return;
  }
  const { bavail, bsize } = await statfs(path);
  const freeMiB = Math.floor((bavail * bsize) / 1024 / 1024);
  const found = `${setting} ${path}: ${freeMiB} MiB free`;
  if (freeMiB < fewMiB) yield error(id, found, 'free space: records of calls wait there');
  else if (freeMiB < lowMiB) yield warning(id, found, 'free space: records of calls wait there');
  else yield ok(id, found);
}

async function isInPath(tool: string): Promise<boolean> {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    const found = await access(join(dir, tool), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
