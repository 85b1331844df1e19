import type { CallerActions } from '../../call/staff/caller-actions.ts';
import type { CallerFlags } from '../../call/staff/caller-flags.ts';
import { NotAnswered } from '../../report/web/answered.ts';
import type { Desk } from '../../report/web/callers/action-desk.ts';
import { plainReason } from '../../report/web/callers/asked.ts';
import { auditDone, nameInAudit, userName } from '../command/printed-numbers.ts';
import { CommandError } from '../command/run.ts';

/** What staff do by a command is kept, audited and undone as from the browser; `who` is the user who runs it. */
export function commandDesk(command: string, flags: CallerFlags, actions: CallerActions, now: number): Desk {
  return {
    ...{ flags, actions, now },
    actor: { who: userName(), isAdmin: false },
    note: ({ event, calls, numbers, detail }) =>
      auditDone({ event, route: `gatehouse ${command}`, calls, numbers: numbers.map(nameInAudit), detail }),
  };
}

/** As in the browser: one line of plain text. @throws CommandError `reason` */
export function wantedReason(text: string | undefined): string {
  const reason = plainReason(text);
  if (reason === null) throw new CommandError('reason', '--reason: give a reason; others will read it');
  return reason;
}

/** What a page would only call not answered. @throws what Redis said */
export async function done<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof NotAnswered && error.cause !== undefined ? error.cause : error;
  }
}
