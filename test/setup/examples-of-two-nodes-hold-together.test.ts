import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { redisAddress } from '../../src/redis/redis-address.ts';

const read = (name: string): string => readFileSync(join('deploy', name), 'utf8');

describe('compose-two-nodes.yaml', () => {
  interface Service {
    readonly network_mode?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly volumes?: readonly string[];
    readonly networks?: { readonly site: { readonly ipv4_address: string } };
    readonly [key: string]: unknown;
  }
  const { services } = parse(read('compose-two-nodes.yaml'), { merge: true }) as {
    services: Readonly<Record<string, Service>>;
  };
  const service = (name: string): Service => services[name] ?? {};
  const address = (name: string): string => service(name).networks?.site.ipv4_address ?? '';

  it('each Gatehouse is in the network of its own Asterisk, has the spool of that one, and a name and data of its own', () => {
    for (const node of ['1', '2']) {
      const gatehouse = service(`gatehouse-${node}`);
      const spool = `spool-${node}:/var/spool/asterisk`;
      expect(gatehouse.network_mode).toBe(`service:asterisk-${node}`);
      expect(gatehouse.environment?.GATEHOUSE_NODE).toBe(`pbx${node}`);
      expect(gatehouse.volumes).toEqual(expect.arrayContaining([spool, `data-${node}:/var/lib/gatehouse`]));
      expect(service(`asterisk-${node}`).volumes).toContain(spool);
    }
  });

  it('both use one Redis Cluster, of which three masters are named', () => {
    const url = service('gatehouse-1').environment?.GATEHOUSE_REDIS_URL ?? '';
    expect(service('gatehouse-2').environment?.GATEHOUSE_REDIS_URL).toBe(url);
    const read = redisAddress(url.replace(/\$\{[^}]*\}/, 'password'));
    expect(read?.kind).toBe('cluster');
    expect(read?.places.map(({ host }) => host)).toEqual(['redis-1', 'redis-2', 'redis-3'].map(address));
    const made = JSON.stringify(service('redis-cluster').command);
    for (let one = 1; one <= 6; one++) expect(made).toContain(`${address(`redis-${one}`)}:6379`);
  });

  it('Kamailio has both Asterisks in its list', () => {
    const list = read('kamailio/dispatcher.list');
    for (const set of [/^1 sip:(.*):5060 8$/gm, /^2 sip:(.*):5060$/gm])
      expect([...list.matchAll(set)].map(([, host]) => host)).toEqual(
        ['asterisk-1', 'asterisk-2'].map(address),
      );
    expect(service('kamailio').volumes).toContain('./kamailio:/etc/kamailio:ro');
    expect(existsSync('deploy/kamailio/kamailio.cfg')).toBe(true);
  });

  it('limits Gatehouse as compose.yaml does', () => {
    const { gatehouse } = (parse(read('compose.yaml')) as { services: Record<string, Service> }).services;
    const limits = ['mem_limit', 'memswap_limit', 'pids_limit', 'ulimits', 'oom_score_adj', 'cap_drop'];
    for (const key of [...limits, 'read_only', 'security_opt', 'stop_grace_period'])
      expect(service('gatehouse-2')[key]).toEqual(gatehouse?.[key]);
  });
});

interface Named {
  readonly name: string;
}

/** What is read here of the manifests. */
interface Manifest {
  readonly kind: string;
  readonly spec: {
    readonly publishNotReadyAddresses?: boolean;
    readonly selector: { readonly matchLabels?: object };
    readonly volumeClaimTemplates: readonly { readonly metadata: Named }[];
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly securityContext: object;
        readonly volumes: readonly Named[];
        readonly containers: readonly Container[];
        readonly initContainers: readonly Container[];
      };
    };
  };
}

interface Container extends Named {
  readonly env?: readonly Named[];
  readonly securityContext: object;
  readonly volumeMounts: readonly Named[];
  readonly livenessProbe?: object;
  readonly startupProbe?: object;
  readonly readinessProbe?: object;
}

describe('kubernetes.yaml', () => {
  const documents = parseAllDocuments(read('kubernetes.yaml'));
  const manifest = (kind: string) =>
    documents.map((one) => one.toJS() as Manifest).find((one) => one.kind === kind)?.spec;
  const [service, budget, set] = [
    manifest('Service'),
    manifest('PodDisruptionBudget'),
    manifest('StatefulSet'),
  ];
  const pod = set?.template;
  const containers = [...(pod?.spec.containers ?? []), ...(pod?.spec.initContainers ?? [])];
  const gatehouse = containers.find(({ name, env }) => name === 'gatehouse' && env !== undefined);

  it('is YAML, with a Service, a PodDisruptionBudget and a StatefulSet for the same pods', () => {
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    expect(service?.selector).toEqual(pod?.metadata.labels);
    expect(budget?.selector.matchLabels).toEqual(pod?.metadata.labels);
    expect(set?.selector.matchLabels).toEqual(pod?.metadata.labels);
  });

  it('asks /healthz and /readyz, and takes no node out of the service because Gatehouse is not ready', () => {
    expect(JSON.stringify(gatehouse?.livenessProbe)).toContain('/healthz');
    expect(JSON.stringify(gatehouse?.startupProbe)).toContain('/healthz');
    expect(JSON.stringify(gatehouse?.readinessProbe)).toContain('/readyz');
    expect(service?.publishNotReadyAddresses).toBe(true);
  });

  it('has passwords from a secret only, and no rights that it does not need', () => {
    expect(gatehouse?.env).toContainEqual({
      name: 'GATEHOUSE_ARI_PASSWORD_FILE',
      value: '/run/secrets/gatehouse/ari-password',
    });
    expect(gatehouse?.env).toContainEqual({
      name: 'GATEHOUSE_REDIS_URL',
      valueFrom: { secretKeyRef: { name: 'gatehouse', key: 'redis-url' } },
    });
    expect(pod?.spec.volumes).toContainEqual(
      expect.objectContaining({
        name: 'ari-password',
        secret: expect.objectContaining({ secretName: 'gatehouse' }),
      }),
    );
    expect(pod?.spec.securityContext).toMatchObject({ runAsNonRoot: true });
    for (const one of containers)
      expect(one.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
    expect(gatehouse?.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
  });

  it('mounts only volumes that are there', () => {
    const claims = set?.volumeClaimTemplates.map(({ metadata }) => metadata) ?? [];
    const there = [...(pod?.spec.volumes ?? []), ...claims].map(({ name }) => name);
    for (const one of containers) for (const { name } of one.volumeMounts) expect(there).toContain(name);
  });
});
