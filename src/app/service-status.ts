import type { Health } from '../report/api/health.ts';

/** One line for `systemctl status`. Null: nothing is built yet. */
export function serviceStatus(health: Health | null): string {
  if (health === null) return 'Starting: reading the rules';
  switch (health.ari) {
    case 'connecting':
      return 'No connection to Asterisk: calls go to the operators unscreened';
    case 'standby':
      return 'Standby: another Gatehouse screens the calls';
    case 'replaced':
      return 'Another Gatehouse took over the calls';
    case 'stopped':
      return 'Stopped';
    case 'connected':
      return [screens(health), ...troubles(health)].join('; ');
  }
}

/** True when the start is over: it screens, or stands by for the one that does. */
export function isUp(health: Health | null): boolean {
  return health?.ari === 'connected' || health?.ari === 'standby';
}

function screens({ otherDialplan }: Health): string {
  return otherDialplan === null
    ? 'Screening calls'
    : 'The dialplan is of another version: calls go to the operators unscreened';
}

function troubles({ overload, policy, redis, outbox }: Health): string[] {
  return [
    ...(overload.shedding ? ['overload: unknown callers go to the operators'] : []),
    ...(policy.refused !== null || policy.standIn !== null ? ['the rules on disk are refused'] : []),
    ...(redis === 'ready' ? [] : ['Redis takes no records']),
    ...(outbox.failing === null ? [] : ['records cannot be written to disk']),
  ];
}
