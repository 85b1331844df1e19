import { Command } from 'commander';
import { AriPreflightError } from '../ari/ari-address.ts';
import { readAuthorities } from '../certificates/authorities.ts';
import { publicSettings } from '../config/public-settings.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import { createLog } from '../log/logger.ts';
import { formatProblem } from '../policy/problem.ts';
import { trustAuthorities } from '../process/trusted-authorities.ts';
import { version } from '../process/version.ts';
import { RulesRefused } from '../rules/live-policy.ts';
import { tell } from '../terminal/screen.ts';

/** EX_CONFIG of sysexits(3): a service manager should not restart us until someone changes something. */
const badConfiguration = 78;

export function serveCommand(): Command {
  return new Command('serve')
    .description('screen the calls of one Asterisk (settings from the environment: docs/settings.md)')
    .action(async () => {
      const settings = settingsOrProblems();
      process.exit(settings === null ? badConfiguration : await serve(settings));
    });
}

async function serve(settings: Settings): Promise<number> {
  const log = createLog(settings.log);
  log.info('Gatehouse is starting', { version, nodeJs: process.version, settings: publicSettings(settings) });
  const untrusted = trustAuthorities(settings.caFile ?? '');
  const authorities = readAuthorities(settings.signatures.authorities);
  const problems = [
    ...settings.problems,
    ...(untrusted === null ? [] : [fileProblem('GATEHOUSE_CA_FILE', untrusted)]),
    ...(typeof authorities === 'string' ? [fileProblem('GATEHOUSE_STI_AUTHORITIES', authorities)] : []),
  ];
  for (const { name, message, remedy } of problems)
    log.error('A setting is wrong; calls are screened without it', { setting: name, message, remedy });
  if (!settings.http.pages) log.error('The pages are off until these settings are right');
  // Imported here so that the other commands start twice as fast.
  const { main } = await import('../main.ts');
  try {
    return await main({ settings: { ...settings, problems }, log });
  } catch (error) {
    if (error instanceof RulesRefused) {
      tell(
        `The rule files are refused; Gatehouse did not start.\n${error.problems.map(formatProblem).join('\n')}`,
      );
      return badConfiguration;
    }
    if (error instanceof AriPreflightError) {
      tell(error.message);
      return badConfiguration;
    }
    log.error('Gatehouse could not start', { error });
    return 1;
  }
}

const fileProblem = (name: string, message: string) => ({
  ...{ name, message },
  remedy: 'Set it to a file of certificates (PEM) that this user can read, and restart.',
});

function settingsOrProblems(): Settings | null {
  const result = readSettings(process.env);
  const problems = result.ok ? result.warnings : result.problems;
  for (const { name, message, remedy } of problems) tell(`${name}: ${message}\n  remedy: ${remedy}`);
  return result.ok ? result.settings : null;
}
