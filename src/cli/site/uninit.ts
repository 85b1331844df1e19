import { Command } from 'commander';
import { asteriskConsole } from '../../init/asterisk.ts';
import { stopService } from '../../init/service.ts';
import { uninit } from '../../init/uninit.ts';
import { wrapped } from '../../terminal/screen.ts';
import { count } from '../command/options.ts';
import { runChanging } from './changing-run.ts';
import { notesText, refuseOthers, sitePlaces } from './init.ts';

/** `gatehouse uninit`: exit code 1 when it stopped before the end; then calls still reach people. */
export function uninitCommand(): Command {
  const command = new Command('uninit').description(
    'put back what init changed, byte for byte; edits made since are kept (as root)',
  );
  return command
    .option('--wait <seconds>', 'wait so long for calls on their way through Gatehouse', count, 60)
    .option(
      '--etc <dir>',
      'configuration directory of an Asterisk that does not run (default: /etc/asterisk)',
    )
    .action((options: { wait: number; etc?: string }) =>
      runChanging(command, async (interrupted) => {
        refuseOthers();
        const { manifest, password } = sitePlaces();
        const waitMs = options.wait * 1000;
        const undone = await uninit({
          ...{
            console: asteriskConsole,
            manifest,
            password,
            etc: options.etc,
            waitMs,
            stopService,
            interrupted,
          },
        });
        process.stdout.write(`${wrapped(undoneText(undone))}\n`);
      }),
    );
}

function undoneText(undone: Awaited<ReturnType<typeof uninit>>): string {
  if (undone === null) return 'Nothing to put back: init has changed nothing on this machine.';
  const service = undone.stopped
    ? 'Gatehouse is stopped.'
    : 'Gatehouse itself may still run: systemctl disable --now gatehouse.';
  const end = `The trunk leads where it led before. ${service}`;
  if (undone.notes.length === 0) return `All ${undone.files} files are as they were. ${end}`;
  return `${undone.files - undone.notes.length} of ${undone.files} files are as they were. ${end}\nLook at:\n${notesText(undone.notes)}`;
}
