import fc from 'fast-check';

/**
 * Properties try the same examples in each run, so that a run never fails by chance. `GATEHOUSE_TEST_SEED=$RANDOM npm run test:unit`
 * tries others.
 */
fc.configureGlobal({ seed: Number(process.env.GATEHOUSE_TEST_SEED ?? 1) });
