import { type Gatehouse, type GatehouseOptions, startGatehouse } from './app.ts';
import { guardAgainstStalls } from './process/stall-guard.ts';

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
  const signaled = new Promise<'signal'>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(1);
        stopping = true;
        log.info('Stopping: draining calls', { signal });
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
  const started = startGatehouse(options);
  const first = await Promise.race([started, signaled]);
  // Still waiting for Asterisk, nothing to drain.
  if (first === 'signal') return 0;
  running = first;
  const guard = guardAgainstStalls(log);
  const why = await Promise.race([signaled, first.replaced.then(() => 'replaced' as const)]);
  running = null;
  await first.stop();
  guard.stop();
  log.info('Stopped');
  return why === 'replaced' ? 75 : 0;
}
