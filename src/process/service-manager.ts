import { spawn } from 'node:child_process';
import type { Log } from '../log/log.ts';
import { type Clock, systemClock } from './clock.ts';

/** What a service manager is told of this process. */
export interface ServiceState {
  /** `up`: the start is over; systemd goes on with what comes after this service. */
  readonly stage: 'starting' | 'up' | 'stopping';
  /** One line for `systemctl status`. */
  readonly status: string;
}

export interface ServiceManager {
  /** Tells it now what has changed since. */
  tell(): void;
  /** Tells it no more; a message on its way is not waited for. */
  stop(): void;
}

export interface ServiceManagerOptions {
  readonly look: () => ServiceState;
  readonly log: Pick<Log, 'warn'>;
  /** NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID are read. */
  readonly env?: NodeJS.ProcessEnv;
  readonly clock?: Pick<Clock, 'after'>;
  /** Sends lines of sd_notify(3). Rejects when they did not arrive. */
  readonly send?: (lines: readonly string[]) => Promise<void>;
}

/** Without a watchdog only the status is kept up to date. */
const statusEveryMs = 5000;
/** Longer than the pause between two messages, so that a slow one does not end a stop. */
const extendUsec = 20_000_000;

/**
 * Tells systemd how this process is (sd_notify(3)): readiness, status, and at a quarter of WatchdogSec= that the event loop turns. Without
 * NOTIFY_SOCKET, in a container or terminal, it does nothing. Gatehouse works without a service manager: failures are logged once.
 */
export function tellServiceManager(options: ServiceManagerOptions): ServiceManager {
  const { look, log, env = process.env, clock = systemClock, send = systemdNotify } = options;
  if (!env.NOTIFY_SOCKET) return { tell: () => {}, stop: () => {} };
  const watchdogMs = watchdogOf(env);
  const everyMs = watchdogMs === null ? statusEveryMs : Math.floor(watchdogMs / 4);
  let told: ServiceState | null = null;
  let isSending = false;
  let isStale = false;
  let hasFailed = false;
  let hasStopped = false;
  let cancel = () => {};

  const tell = (isDue: boolean): void => {
    if (hasStopped) return;
    // One process at a time, also when systemd does not answer.
    if (isSending) {
      isStale = true;
      return;
    }
    const state = look();
    const lines = [...news(told, state), ...(isDue && watchdogMs !== null ? ['WATCHDOG=1'] : [])];
    if (lines.length === 0) return;
    // Calls may take longer to finish than TimeoutStopSec=.
    if (state.stage === 'stopping') lines.push(`EXTEND_TIMEOUT_USEC=${extendUsec}`);
    isSending = true;
    isStale = false;
    send(lines)
      .then(
        () => {
          told = state;
        },
        (error: unknown) => {
          if (!hasFailed) log.warn('systemd was not told how Gatehouse is', { error, remedy });
          hasFailed = true;
        },
      )
      .finally(() => {
        isSending = false;
        if (isStale) tell(false);
      });
  };
  const keepTelling = (): void => {
    tell(true);
    cancel = clock.after(everyMs, keepTelling, { keepsAlive: false });
  };
  keepTelling();
  return {
    tell: () => tell(false),
    stop() {
      hasStopped = true;
      cancel();
    },
  };
}

const remedy = 'systemd-notify must be installed, and the unit have NotifyAccess=all.';

/** What differs from what it was told before. */
function news(told: ServiceState | null, { stage, status }: ServiceState): string[] {
  return [
    ...(stage === 'up' && told?.stage !== 'up' ? ['READY=1'] : []),
    ...(stage === 'stopping' && told?.stage !== 'stopping' ? ['STOPPING=1'] : []),
    ...(status === told?.status ? [] : [`STATUS=${status}`]),
  ];
}

/** Milliseconds of WatchdogSec=; null: there is none, or it is meant for another process (sd_watchdog_enabled(3)). */
function watchdogOf({ WATCHDOG_USEC: microseconds, WATCHDOG_PID: pid }: NodeJS.ProcessEnv): number | null {
  if (pid !== undefined && Number(pid) !== process.pid) return null;
  const ms = Number(microseconds) / 1000;
  return ms > 0 ? ms : null;
}

/**
 * Node has no datagram sockets of the Unix kind: decision 0032. The command returns when systemd has read the message, so that systemd
 * still finds out which service the sender belonged to.
 */
function systemdNotify(lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('systemd-notify', lines, { stdio: 'ignore', timeout: 10_000, killSignal: 'SIGKILL' });
    child.unref();
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`systemd-notify ended with ${signal ?? code}`)),
    );
  });
}
