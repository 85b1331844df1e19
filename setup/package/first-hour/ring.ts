import { LabCaller } from '../../../lab/caller.ts';
import type { CallerStep } from '../../../lab/caller-scenario.ts';
import { until } from '../../../lab/child.ts';
import { LabOperators } from '../../../lab/operators.ts';
import { phonePort, type Rung, trunkAddress } from './site.ts';

/**
 * One call from the carrier, and the phone that it should reach; run in the network of the Debian:  ring.ts DIR FROM TO [KEY]
 * With a key the caller waits for the question and presses it. Prints a `Rung` as JSON.
 */
const [dir = '', from = '', to = '', key] = process.argv.slice(2);
const phone = new LabOperators(dir, phonePort);
await phone.start(phonePort + 2);
try {
  const steps: readonly CallerStep[] =
    key === undefined ? [{ hold: 1000 }] : [{ hold: 5000 }, { press: key }, { hold: 4000 }];
  const began = performance.now();
  const caller = await LabCaller.ring(
    { from, to, steps },
    { sip: '127.0.0.1:5060', dir, localAddress: trunkAddress },
  );
  const calls = caller.finished();
  // Asterisk may still be ringing the phone for a call from before it was switched on.
  const ours = async () => (await phone.calls()).find((call) => call.from.includes(from));
  const rang = await until('the phone to ring', 10_000, async () =>
    (await ours()) !== undefined || !caller.child.running ? performance.now() - began : null,
  );
  const { calls: results } = await calls;
  const rung: Rung = {
    caller: results.get(caller.callId()) ?? [],
    phone: (await ours())?.from ?? null,
    ms: Math.round(rang),
  };
  console.log(JSON.stringify(rung));
} finally {
  await phone.stop();
}
