import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Command } from 'commander';
import { readSettings, type Settings } from '../config/settings.ts';
import { openChannels } from '../notices/channels/registry.ts';
import { noticeText } from '../notices/message-frame.ts';
import type { Notice } from '../notices/notice.ts';
import { tell, wrapped } from '../terminal/screen.ts';
import { afterLook, readAlarm, writeAlarm } from '../watch/alarm.ts';
import { levelsOfSite, problemsOfSite } from '../watch/look.ts';
import { messageOf } from './command/run.ts';

const sendMs = 15_000;

/** `gatehouse status`: exit code 1 when calls are not screened. It works while Gatehouse itself is away. */
export function statusCommand(): Command {
  return new Command('status')
    .description('whether calls are screened, seen from outside; exit code 1 when they are not')
    .option('--quiet', 'say something only when they are not')
    .option(
      '--notify',
      'also notify by the channels of the settings when that lasts, each hour, and when it is over',
    )
    .action(async (options: { quiet?: true; notify?: true }) => {
      // Asterisk is not asked, so that nobody needs its password for this.
      const noPassword = { GATEHOUSE_ARI_PASSWORD: 'not asked', GATEHOUSE_ARI_PASSWORD_FILE: '' };
      const read = readSettings({ ...process.env, ...noPassword });
      if (!read.ok) {
        for (const { name, message } of read.problems) tell(`${name}: ${message}`);
        process.exitCode = 1;
        return;
      }
      const now = Date.now();
      const problems = await problemsOfSite(read.settings, now);
      for (const problem of problems) tell(problem);
      if (!options.quiet) for (const line of await levelsOfSite(read.settings)) console.log(wrapped(line));
      if (problems.length === 0 && !options.quiet) console.log('calls are screened');
      if (problems.length > 0) process.exitCode = 1;
      if (options.notify) await notify(read.settings, problems, now);
    });
}

async function notify(settings: Settings, problems: readonly string[], now: number): Promise<void> {
  const path = join(settings.data, 'watch.json');
  const { alarm, notice } = afterLook(await readAlarm(path), problems, now);
  // What no channel took is told by the next look.
  if (notice !== null && !(await send(settings, notice, now))) {
    process.exitCode = 1;
    return;
  }
  await writeAlarm(path, alarm);
}

/** True when every channel took it, or there is none. */
async function send({ notices, node }: Settings, notice: Notice, at: number): Promise<boolean> {
  const channels = openChannels(notices.channels, { timeZone: notices.timeZone, now: () => at });
  const lines = notice.lines.map(noticeText);
  const message = { id: randomUUID(), at, node, notices: [{ ...notice, lines }], leftOut: 0 };
  const sent = await Promise.allSettled(
    channels.map((channel) => channel.send(message, AbortSignal.timeout(sendMs))),
  );
  for (const [place, result] of sent.entries())
    if (result.status === 'rejected') tell(`${channels[place]?.name}: ${messageOf(result.reason)}`);
  return sent.every(({ status }) => status === 'fulfilled');
}
