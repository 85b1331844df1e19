import fc from 'fast-check';
import { Settings } from 'luxon';

/**
 * Properties try the same examples in each run, so that a run never fails by chance. `GATEHOUSE_TEST_SEED=$RANDOM npm run test:unit`
 * tries others.
 */
fc.configureGlobal({ seed: Number(process.env.GATEHOUSE_TEST_SEED ?? 1) });

// Files share their worker's modules: a command that an earlier one ran has taken its rules' zone.
Settings.defaultZone = 'system';
