import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { flatJson } from '../src/call-store/packing/flat-json.ts';
import { loadRules } from '../src/rules/read-rules.ts';
import { seeded } from '../test/fakes/seeded-random.ts';
import { recordedOutcome } from './record-calls.ts';
import { rulesDir } from './recorded-month.ts';

const samples = 4000;
const bytes = 16_384;

/**
 * `npm run bench -- entry-dictionary --to FILE`: makes the dictionary that records are packed with (src/call-store/packing),
 * of calls under the shipped rules. Needs `zstd`. What belongs to one site differs in each sample, so that none of it is in the
 * dictionary and the figures of the other benchmarks hold for other sites.
 */
export const entryDictionaryBenchmark = {
  about: 'makes the dictionary that records are packed with',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({ args: [...args], options: { to: { type: 'string' } } });
    if (values.to === undefined) throw new Error('--to FILE is needed');
    const { policy } = await loadRules(rulesDir);
    if (policy === null) throw new Error('the shipped rules are refused');
    const random = seeded(7);
    const folder = mkdtempSync(join(tmpdir(), 'entry-dictionary-'));
    try {
      for (let index = 0; index < samples; index++) {
        const now = 1_700_000_000_000 + Math.floor(random() * 2e11);
        const json = JSON.stringify(recordedOutcome(index, now, policy, random));
        writeFileSync(join(folder, String(index)), flatJson(JSON.parse(ofAnotherSite(json, random))));
      }
      execFileSync('zstd', ['-q', '--train', '-r', folder, `--maxdict=${bytes}`, '-f', '-o', values.to]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function ofAnotherSite(json: string, random: () => number): string {
  const word = () => Math.floor(random() * 36 ** 6).toString(36);
  const digits = (count: number) => String(Math.floor(random() * 10 ** count)).padStart(count, '0');
  const [node, host, signer, name, called, area] = [word(), digits(8), word(), word(), digits(6), digits(3)];
  const caller = /"caller":\{"number":"\+1(\d{6})/.exec(json)?.[1] ?? 'no number';
  return json
    .replaceAll(caller, `${area}555`)
    .replaceAll('pbx1', node)
    .replaceAll('203.0.113', host)
    .replace(/https:[^"]*/, `https://${signer}.example/${word()}.pem`)
    .replace(/"displayName":"[A-Z ]+"/, `"displayName":"${name}"`)
    .replaceAll('317555', called)
    .replace(/"policyVersion":"\w+"/, `"policyVersion":"${digits(12)}"`);
}
