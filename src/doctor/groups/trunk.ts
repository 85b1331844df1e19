import { error, type Finding, ok, warning } from '../finding.ts';
import type { Site } from '../site.ts';

const entry = 'gatehouse-in';

export async function* trunk({ asterisk: probe, rules: { policy } }: Site): AsyncGenerator<Finding> {
  if (probe === null) return;
  const endpoints = await probe.endpoints();
  const screened: string[] = [];
  for (const name of endpoints)
    if ((await probe.read(`PJSIP_ENDPOINT(${name},context)`)) === entry) screened.push(name);
  yield screened.length > 0
    ? ok('trunk.context', `calls of ${screened.join(', ')} are screened`)
    : error(
        'trunk.context',
        `no PJSIP endpoint has context = ${entry}: no call is screened`,
        `context = ${entry} in the carrier's endpoint, then asterisk -rx 'module reload res_pjsip.so'`,
      );
  for (const name of screened) {
    const mode = await probe.read(`PJSIP_ENDPOINT(${name},dtmf_mode)`);
    const id = `trunk.keys.${name}` as const;
    yield mode === 'none'
      ? error(
          id,
          `endpoint ${name} has dtmf_mode = none: no caller can press a key`,
          `dtmf_mode = rfc4733 (or what your carrier sends) in endpoint ${name}; asterisk -rx 'module reload res_pjsip.so'`,
        )
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
