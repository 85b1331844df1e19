import { Command } from 'commander';
import { AriPreflightError } from '../ari/ari-preflight-error.ts';
import { publicSettings } from '../config/public-settings.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import { createLog } from '../log/logger.ts';
import { formatProblem } from '../policy/problem.ts';
import { RulesRefused } from '../rules/live-policy.ts';
import { version } from '../version.ts';

/** EX_CONFIG of sysexits(3): a service manager need not try again until somebody changed something. */
const badConfiguration = 78;

export function serveCommand(): Command {
  return new Command('serve')
    .description('screen the calls of one Asterisk (settings from the environment: docs/settings.md)')
    .action(async () => {
      const settings = settingsOrExplain();
      process.exit(settings === null ? badConfiguration : await serve(settings));
    });
}

async function serve(settings: Settings): Promise<number> {
  const log = createLog(settings.log);
  log.info('Gatehouse starts', { version, nodeJs: process.version, settings: publicSettings(settings) });
  // Only now: the other commands start in half the time without the server.
  const { main } = await import('../main.ts');
  try {
    return await main({ settings, log });
  } catch (error) {
    if (error instanceof RulesRefused) {
      process.stderr.write(
        `The rule files are refused; nothing was started.\n${error.problems.map(formatProblem).join('\n')}\n`,
      );
      return badConfiguration;
    }
    if (error instanceof AriPreflightError) {
      process.stderr.write(`${error.message}\n`);
      return badConfiguration;
    }
    log.error('Could not start', { error });
    return 1;
  }
}

function settingsOrExplain(): Settings | null {
  const result = readSettings(process.env);
  const problems = result.ok ? result.warnings : result.problems;
  for (const { name, message, remedy } of problems)
    process.stderr.write(`${name}: ${message}\n  remedy: ${remedy}\n`);
  return result.ok ? result.settings : null;
}
