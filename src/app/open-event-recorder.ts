import { DateTime } from 'luxon';
import type { Outcome } from '../call/outcome.ts';
import type { Settings } from '../config/settings.ts';
import { version } from '../process/version.ts';
import type { LivePolicy } from '../rules/live-policy.ts';
import { EventRecorder } from '../site-events/event-recorder.ts';
import type { CallScreening } from './call-screening.ts';
import type { OwnCalls } from './open-canary.ts';
import type { RecordKeeping } from './record-keeping.ts';

const everyMs = 1000;

/** Notes what happens to the site in the event log; nothing before `start`. */
export function openEventRecorder(parts: {
  readonly settings: Settings;
  readonly policy: LivePolicy;
  readonly recordKeeping: RecordKeeping;
  readonly screening: CallScreening;
  readonly canary: OwnCalls;
}) {
  const { settings, policy, recordKeeping, screening, canary } = parts;
  const { events, pulse, levels, campaigns } = recordKeeping;
  const recorder = new EventRecorder({
    ...{ events, version, node: settings.node, startedAt: Date.now() },
    time: (at) => DateTime.fromMillis(at).toFormat('HH:mm'),
    state: () => ({
      redisOutages: pulse.outages(),
      isAsteriskThere: ['connected', 'standby'].includes(screening.link.state()),
      reloads: policy.status().reloads,
      levels: levels.at(Date.now()),
      campaigns: campaigns.all(),
      canaryFaults: canary.state().faults,
    }),
  });
  let timer: NodeJS.Timeout | null = null;
  return {
    start() {
      timer ??= setInterval(() => recorder.look(Date.now()), everyMs).unref();
    },
    saw: (outcome: Outcome) => recorder.saw(outcome, Date.now()),
    /** While Redis is still connected. */
    stop() {
      if (timer === null) return;
      clearInterval(timer);
      timer = null;
      recorder.stop(Date.now());
    },
  };
}
