import { userInfo } from 'node:os';
import { silentLog } from '../../log/log.ts';
import { maskNumbersIn } from '../../privacy/mask-number.ts';
import { AuditLog } from '../../report/access/audit-log.ts';
import { NumberView } from '../../report/access/number-view.ts';
import { auditKey, auditName } from '../../report/access/private-file.ts';
import { tell } from '../../terminal/screen.ts';
import { visibleText } from '../../text/visible-text.ts';
import { dataDir } from './options.ts';
import { CommandError, messageOf, print } from './run.ts';

/** Numbers as a command prints them: masked, or full and audited before they are printed. */
export class PrintedNumbers {
  readonly view: NumberView;
  readonly #command: string;

  constructor(full: boolean, command: string) {
    this.view = new NumberView(full ? { name: 'command', role: 'analyst', how: 'local', csrf: null } : null);
    this.#command = command;
  }

  /**
   * Prints what was made with `view`.
   * @throws CommandError `audit-log` when a view of full numbers cannot be recorded: then nothing is printed
   */
  async print(text: string): Promise<void> {
    await this.audit();
    await print(text);
  }

  /** Records what `view` has shown in full since the last time. @throws CommandError `audit-log` */
  async audit(): Promise<void> {
    const seen = this.view.take((number) => nameInAudit(number));
    if (seen === null) return;
    try {
      await audit({ event: 'look', route: `gatehouse ${this.#command}`, ...seen });
    } catch (error) {
      throw new CommandError(
        'audit-log',
        `full numbers are shown only where the view can be audited (${messageOf(error)}); run this as the user that Gatehouse runs as, with the same GATEHOUSE_DATA`,
      );
    }
  }
}

/** How the audit log names a number. */
export function nameInAudit(number: string): string {
  return auditName(auditKey(dataDir(), silentLog), number);
}

/** Adds an entry by the user who runs the command. */
export async function audit(
  entry: Omit<Parameters<AuditLog['add']>[0], 'who' | 'role' | 'address'>,
): Promise<void> {
  await new AuditLog(dataDir()).add({ ...entry, who: userName(), role: null, address: null });
}

/** After what anyone who reaches Redis may do: a failed audit is reported and does not prevent it. Never rejects. */
export async function auditDone(entry: Parameters<typeof audit>[0]): Promise<void> {
  try {
    await audit({ ...entry, detail: maskNumbersIn(entry.detail ?? '') });
  } catch (error) {
    tell(`not recorded in the audit log: ${visibleText(messageOf(error))}`);
  }
}

/** Who runs the command. */
export function userName(): string {
  try {
    return process.env.SUDO_USER || userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
