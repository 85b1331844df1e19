import type { Settings } from '../config/settings.ts';
import type { Log } from '../log/log.ts';
import { isEmergencyNumber } from '../numbers/emergency-numbers.ts';
import { Reconciler } from '../outbox/reconcile.ts';
import type { Clock } from '../process/clock.ts';
import type { LivePolicy } from '../rules/live-policy.ts';
import type { EntryReaders } from '../screening/entry/call-facts.ts';
import { bypassNotes } from '../spool/bypass-notes.ts';
import { departureNotes } from '../spool/departure-notes.ts';
import { dialedNotes, emergencyNotes } from '../spool/dialed-notes.ts';
import type { CallScreening } from './call-screening.ts';
import type { RecordKeeping } from './record-keeping.ts';

/** The notes that the dialplan leaves in the spool, and the calls that a former process left open. */
export function openDialplanNotes(parts: {
  readonly settings: Settings;
  readonly policy: LivePolicy;
  readonly readers: EntryReaders;
  readonly recordKeeping: RecordKeeping;
  readonly screening: CallScreening;
  readonly isBusy: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}) {
  const { settings, policy, readers, recordKeeping, screening, isBusy, clock, log } = parts;
  const { outbox, dialedNumbers, site } = recordKeeping;
  const { node, spool: dir } = settings;
  const bypasses = bypassNotes({
    ...readers,
    ...{ dir, node, isBusy, log },
    outcomes: outbox,
    inHand: (callId, end, at) => screening.screener.noted(callId, end, at),
  });
  const all = [
    bypasses,
    departureNotes({ ...readers, dir, node, outcomes: outbox, log }),
    dialedNotes({
      ...{ dir, log },
      forMs: settings.dialedForMs,
      defaultRegion: () => policy.current().settings.defaultRegion,
      numbers: dialedNumbers,
    }),
    emergencyNotes({
      ...{ dir, log },
      isEmergency: (dialed) => isEmergencyNumber(dialed, policy.current().settings.emergencyNumbers),
      dialed: (at) => site.emergencyDialed(at),
    }),
  ];
  const reconciler = new Reconciler({
    ...{ outbox, node, clock, log },
    notes: bypasses,
    liveCallIds: () => screening.link.liveCallIds(),
  });
  return {
    reconciler,
    watch() {
      for (const notes of all) notes.watch();
    },
    close() {
      reconciler.close();
      for (const notes of all) notes.close();
    },
  };
}
