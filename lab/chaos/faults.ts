import type { ChaosLab } from './chaos-lab.ts';
import type { FaultKind, PlannedFault } from './schedule.ts';

interface Fault {
  begin(chaos: ChaosLab, planned: PlannedFault): Promise<void> | void;
  end(chaos: ChaosLab, planned: PlannedFault): Promise<void> | void;
}

const longestJumpMs = 3_600_000;

export const faults: Readonly<Record<FaultKind, Fault>> = {
  'gatehouse-killed': {
    begin: (chaos) => chaos.killGatehouse(),
    end: (chaos) => chaos.startAgain(),
  },
  'gatehouse-frozen': {
    begin: ({ lab }) => lab.gatehouse.child.signal('SIGSTOP'),
    end: ({ lab }) => lab.gatehouse.child.signal('SIGCONT'),
  },
  'redis-stopped': {
    begin: ({ redis }) => redis.stopAll('SIGTERM'),
    end: ({ redis }) => redis.startAll(),
  },
  'redis-frozen': {
    begin: ({ redis }) => redis.signal('SIGSTOP'),
    end: ({ redis }) => redis.signal('SIGCONT'),
  },
  'redis-killed': {
    begin: ({ redis }) => redis.stopAll('SIGKILL'),
    end: ({ redis }) => redis.startAll(),
  },
  'redis-failover': {
    begin: ({ redis }) => redis.killMaster(),
    end: ({ redis }) => redis.startAll(),
  },
  'asterisk-restarted': {
    begin: (chaos, { variant }) => chaos.stopAsterisk(variant < 0.5),
    end: (chaos) => chaos.startAsterisk(),
  },
  'asterisk-reloaded': {
    begin: async ({ lab }) => void (await lab.asterisk.cli('core reload')),
    end: () => {},
  },
  'ari-cut': {
    begin: ({ wire }) => wire.stall(),
    end: ({ wire }, { variant }) => {
      // The link is back, with what it held or without the connections it had.
      if (variant < 0.5) wire.reset();
      wire.resume();
    },
  },
  'rules-broken': {
    begin: ({ rules }, { variant }) => rules.breakThem(variant),
    end: ({ rules }) => rules.mend(),
  },
  'feed-bad': {
    begin: ({ feed, rules }, { variant }) => {
      feed.spoil(variant);
      return rules.fetchFeedAgain();
    },
    end: ({ feed, rules }) => {
      feed.mend();
      return rules.fetchFeedAgain();
    },
  },
  'disk-full': {
    begin: (chaos) => chaos.fillDisk(),
    end: (chaos) => chaos.freeDisk(),
  },
  'clock-jumped': {
    begin: (chaos, { variant }) => chaos.setClock(Math.round((variant - 0.5) * 2 * longestJumpMs)),
    end: (chaos) => chaos.setClock(0),
  },
};
