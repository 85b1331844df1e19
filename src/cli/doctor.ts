import { Command } from 'commander';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { doctorSummary, findingText } from '../terminal/doctor-text.ts';

/** `gatehouse doctor`: exit code 1 when there is an error. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'check everything that a call needs, from this machine to the exits: what is wrong, and what to do',
    )
    .option('--pre', 'before anything is configured: only what Gatehouse needs on this machine')
    .option('--json', 'for programs')
    .action(async (options: { pre?: true; json?: true }) => {
      const findings: Finding[] = [];
      for await (const finding of examine(process.env, options.pre === true)) {
        if (!options.json) console.log(findingText(finding, findings.at(-1) ?? null));
        findings.push(finding);
      }
      const isWell = findings.every(({ level }) => level !== 'error');
      console.log(options.json ? JSON.stringify({ ok: isWell, findings }) : doctorSummary(findings));
      if (!isWell) process.exitCode = 1;
    });
}
