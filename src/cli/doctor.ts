import { Command } from 'commander';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { doctorSummary, findingText } from '../terminal/doctor-text.ts';

/** `gatehouse doctor`: exit code 1 when there is an error, 2 when something could not be looked at and there is none. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'look at the whole road of a call, from this machine to the exits: what is wrong, and what to do',
    )
    .option('--pre', 'before anything is configured: only what Gatehouse needs on this machine')
    .option('--json', 'for programs')
    .action(async (options: { pre?: true; json?: true }) => {
      const findings: Finding[] = [];
      for await (const finding of examine(process.env, options.pre === true)) {
        if (!options.json) console.log(findingText(finding, findings.at(-1) ?? null));
        findings.push(finding);
      }
      const has = (level: Finding['level']): boolean => findings.some((one) => one.level === level);
      console.log(options.json ? JSON.stringify({ ok: !has('error'), findings }) : doctorSummary(findings));
      process.exitCode = has('error') ? 1 : has('unknown') ? 2 : 0;
    });
}
