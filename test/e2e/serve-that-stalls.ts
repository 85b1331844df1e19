import { readSettings } from '../../src/config/settings.ts';
import { createLog } from '../../src/log/logger.ts';
import { main } from '../../src/main.ts';
import { decide } from '../../src/policy/decide.ts';

/** `gatehouse serve` with a mistake in it: deciding about callers whose number ends in 77 never ends. */
const result = readSettings(process.env);
if (!result.ok) throw new Error(JSON.stringify(result.problems));
process.exit(
  await main({
    settings: result.settings,
    log: createLog(result.settings.log),
    decide: (facts, policy) => {
      while (facts.caller.number?.endsWith('77'));
      return decide(facts, policy);
    },
  }),
);
