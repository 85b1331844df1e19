import { isUp, serviceStatus } from './app/service-status.ts';
import { type Gatehouse, type GatehouseOptions, startGatehouse } from './app.ts';
import { tellServiceManager } from './process/service-manager.ts';
import { guardAgainstStalls } from './process/stall-guard.ts';
import type { Health } from './report/api/health.ts';

/** A boot waits no longer for a Gatehouse that waits for Asterisk, or for another Gatehouse to leave the data directory. */
const maxStartMs = 15_000;

/**
 * Runs until SIGTERM or SIGINT, which drains; a second signal exits at once. SIGHUP reloads the rules. Returns the exit code: 0
 * after a drain, 75 (EX_TEMPFAIL) when another process took over the app; restarted, it waits for that one to end (app-owner.ts).
 */
export async function main(options: GatehouseOptions): Promise<number> {
  const { log } = options;
  // An error in one call must not end the others.
  process.on('uncaughtException', (error) => log.error('Uncaught exception; continuing', { error }));
  process.on('unhandledRejection', (error) => log.error('Unhandled rejection; continuing', { error }));
  let stopping = false;
  let health: (() => Health) | null = null;
  const begun = performance.now();
  const stage = (now: Health | null) => {
    if (stopping) return 'stopping';
    return isUp(now) || performance.now() - begun > maxStartMs ? 'up' : 'starting';
  };
  const manager = tellServiceManager({
    log,
    look() {
      const now = health?.() ?? null;
      const status = stopping ? `Stopping; calls inside: ${now?.liveCalls ?? 0}` : serviceStatus(now);
      return { stage: stage(now), status };
    },
  });
  const signaled = new Promise<'signal'>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(1);
        stopping = true;
        log.info('Stopping: draining calls', { signal });
        manager.tell();
        resolve('signal');
      });
    }
  });
  let running: Gatehouse | null = null;
  // Without a listener SIGHUP would end the process; there is nothing to reload before the start is over.
  process.on('SIGHUP', () => {
    log.info('Reload requested', { signal: 'SIGHUP' });
    void running?.reload();
  });
  const started = startGatehouse({
    ...options,
    onState(current) {
      health = current;
      manager.tell();
    },
  });
  const first = await Promise.race([started, signaled]);
  // Still waiting for Asterisk, nothing to drain.
  if (first === 'signal') return 0;
  running = first;
  const guard = guardAgainstStalls(log);
  const why = await Promise.race([signaled, first.replaced.then(() => 'replaced' as const)]);
  running = null;
  await first.stop();
  guard.stop();
  manager.stop();
  log.info('Stopped');
  return why === 'replaced' ? 75 : 0;
}
