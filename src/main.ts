import { type GatehouseOptions, startGatehouse } from './app.ts';

/**
 * Runs until SIGTERM or SIGINT, which drains; a second signal ends at once. Returns the exit code: 0 after a drain, 75
 * (EX_TEMPFAIL) when another process took over the app.
 */
export async function main(options: GatehouseOptions): Promise<number> {
  const { log } = options;
  // One call's mistake must not end the others'.
  process.on('uncaughtException', (error) => log.error('Uncaught exception; going on', { error }));
  process.on('unhandledRejection', (error) => log.error('Unhandled rejection; going on', { error }));
  let stopping = false;
  const signalled = new Promise<'signal'>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(1);
        stopping = true;
        log.info('Stopping: calls are let finish', { signal });
        resolve('signal');
      });
    }
  });
  const started = startGatehouse(options);
  const first = await Promise.race([started, signalled]);
  // Still waiting for Asterisk, nothing to drain.
  if (first === 'signal') return 0;
  const why = await Promise.race([signalled, first.replaced.then(() => 'replaced' as const)]);
  await first.stop();
  log.info('Stopped');
  return why === 'replaced' ? 75 : 0;
}
