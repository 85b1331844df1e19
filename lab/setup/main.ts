import { ensureSetup } from './ensure-setup.ts';

await ensureSetup((line) => process.stderr.write(`set-up: ${line}\n`));
process.stderr.write('set-up: complete\n');
