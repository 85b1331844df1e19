import { entryContext } from '../../call/trunk.ts';
import { keptTrunks, keptTrunksFile } from '../../canary/trunk-watch.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { endpointsSet } from '../pasted.ts';
import type { Site } from '../site.ts';

export async function* trunk({
  asterisk: probe,
  settings,
  rules: { policy },
}: Site): AsyncGenerator<Finding> {
  if (probe === null) return;
  const endpoints = await probe.endpoints();
  const screened: string[] = [];
  for (const name of endpoints)
    if ((await probe.read(`PJSIP_ENDPOINT(${name},context)`)) === entryContext) screened.push(name);
  yield screened.length > 0
    ? ok('trunk.context', `calls of ${screened.join(', ')} are screened`)
    : error('trunk.context', `no PJSIP endpoint has context = ${entryContext}: no call is screened`, {
        words: `context = ${entryContext} in the carrier's endpoint; gatehouse init does it too`,
        command: await endpointsSet(
          probe,
          await before(settings.data, endpoints),
          `context = ${entryContext}`,
        ),
      });
  for (const name of screened) {
    const mode = await probe.read(`PJSIP_ENDPOINT(${name},dtmf_mode)`);
    const id = `trunk.keys.${name}` as const;
    yield mode === 'none'
      ? error(id, `endpoint ${name} has dtmf_mode = none: no caller can press a key`, {
          words: `dtmf_mode = rfc4733 (or what your carrier sends) in endpoint ${name}`,
          command: await endpointsSet(probe, [name], 'dtmf_mode = rfc4733'),
        })
      : ok(id, `endpoint ${name} hears keys: dtmf_mode = ${mode}`);
  }
  for (const name of policy?.trunks.keys() ?? [])
    if (!endpoints.includes(name))
      yield warning(
        `trunk.named.${name}`,
        `the rules describe a trunk "${name}", and Asterisk has no such PJSIP endpoint`,
        `correct the name under trunks in policy.yaml; endpoints are ${endpoints.join(', ') || 'none'}`,
      );
}

/** Those that the canary has seen to be screened within a week, and that are still there. */
async function before(data: string, endpoints: readonly string[]): Promise<readonly string[]> {
  const seen = await keptTrunks(keptTrunksFile(data));
  return endpoints.filter((name) => seen.has(name));
}
