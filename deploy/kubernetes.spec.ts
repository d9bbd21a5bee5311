import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, VERSION } from './fixtures/checkout.ts';
import { type KubernetesObject, loadKustomization, readKustomization, readObjects } from './fixtures/kustomization.ts';
import { modelOf, unknownFields } from './fixtures/unknown-fields.ts';
import { SERVICE_NAMES, SERVICE_SETTINGS, type ServiceName } from './fixtures/service-settings.ts';

/** The fields of a pod template that are checked. */
interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly enableServiceLinks?: boolean;
    readonly automountServiceAccountToken?: boolean;
    readonly securityContext: {
      readonly runAsNonRoot?: boolean;
      readonly runAsUser?: number;
      readonly seccompProfile?: { readonly type: string };
    };
    readonly volumes?: readonly { readonly name: string; readonly persistentVolumeClaim?: { readonly claimName: string } }[];
    readonly containers: readonly Container[];
  };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly EnvEntry[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly securityContext: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[] };
  };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
}

const FOLDERS = readdirSync(join(ROOT, 'k8s'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('kustomization.yaml'))
  .map((path) => join('k8s', path, '..'))
  .sort();
const FILES = readdirSync(join(ROOT, 'k8s'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.ya?ml$/.test(path) && !path.endsWith('kustomization.yaml'))
  .map((path) => join('k8s', path))
  .sort();

const { objects: dev, secrets } = loadKustomization('k8s/overlays/dev');
const workloads = dev.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
const podOf = (object: KubernetesObject): PodTemplate => object.spec?.['template'] as PodTemplate;
const named = (kind: string, name: string): KubernetesObject => {
  const found = dev.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
const includes = (all: Readonly<Record<string, string>>, some: Readonly<Record<string, string>>): boolean =>
  Object.entries(some).every(([key, value]) => all[key] === value);

/** The environment that a container gets, every reference followed. */
function environmentOf(container: Container): Record<string, string> {
  const maps = (container.envFrom ?? []).map(({ configMapRef }) => named('ConfigMap', configMapRef.name).data ?? {});
  const own = (container.env ?? []).map(({ name, value, valueFrom }): [string, string] => {
    if (valueFrom === undefined) return [name, value ?? ''];
    const { name: secret, key } = valueFrom.secretKeyRef;
    const found = secrets.get(secret)?.[key];
    if (found === undefined) throw new Error(`the Secret ${secret} has no key ${key}`);
    return [name, found];
  });
  return Object.assign({}, ...maps, Object.fromEntries(own)) as Record<string, string>;
}

const serviceContainer = (service: ServiceName): Container => {
  const container = podOf(named('Deployment', `syncpair-${service}`)).spec.containers[0];
  if (container === undefined) throw new Error(`${service} has no container`);
  return container;
};

describe('k8s', () => {
  it.each(FOLDERS)('%s names files that exist, and each of its own files', (folder) => {
    const { resources = [], components = [] } = readKustomization(folder);
    for (const path of [...resources, ...components]) expect([path, existsSync(join(ROOT, folder, path))]).toEqual([path, true]);
    const own = FILES.filter((file) => join(file, '..') === folder).map((file) => file.slice(folder.length + 1));
    expect([...resources]).toEqual(expect.arrayContaining(own));
  });

  it.each(FILES)('%s keeps to the schema of each kind', async (file) => {
    for (const object of readObjects(file)) {
      const module = (await import(modelOf(object))) as Record<string, new (data: object) => { validate(): void }>;
      const Model = module[object.kind];
      if (Model === undefined) throw new Error(`${object.kind} is not known`);
      expect(() => new Model(object).validate()).not.toThrow();
    }
  });

  it('no object has a field that its kind lacks', () => {
    expect(unknownFields(FILES.flatMap(readObjects))).toEqual([]);
  });

  it('each selector meets the labels of its pods', () => {
    for (const workload of workloads) {
      const { matchLabels } = workload.spec?.['selector'] as { matchLabels: Record<string, string> };
      expect([workload.metadata.name, includes(podOf(workload).metadata.labels, matchLabels)]).toEqual([workload.metadata.name, true]);
    }
    for (const { kind, metadata, spec } of dev) {
      if (kind !== 'Service' && kind !== 'PodDisruptionBudget') continue;
      const selector = spec?.['selector'] as Record<string, string> & { matchLabels?: Record<string, string> };
      const met = workloads.filter((workload) => includes(podOf(workload).metadata.labels, selector.matchLabels ?? selector));
      expect([kind, metadata.name, met.map((workload) => workload.metadata.name)]).toEqual([kind, metadata.name, [metadata.name]]);
    }
  });

  it.each(SERVICE_NAMES)('%s reads every variable that it is given, and listens where it is asked for', (service) => {
    const container = serviceContainer(service);
    const environment = environmentOf(container);
    expect([...SERVICE_SETTINGS[service].names]).toEqual(expect.arrayContaining(Object.keys(environment)));
    const config = SERVICE_SETTINGS[service].parse(environment);
    if (!config.ok) throw new Error(config.reason);
    expect(container.ports).toEqual([{ name: 'http', containerPort: config.value.port }]);
    expect((named('Service', `syncpair-${service}`).spec as { ports: unknown }).ports).toEqual([
      { name: 'http', port: config.value.port, targetPort: 'http' },
    ]);
    expect(container.image).toBe(`syncpair-${service}:${VERSION}`);
  });

  it('the services find each other and the database by the names of Services', () => {
    const services = new Map(dev.filter(({ kind }) => kind === 'Service').map((object) => [object.metadata.name, object.spec?.['ports']]));
    for (const service of SERVICE_NAMES) {
      const urls = Object.values(environmentOf(serviceContainer(service))).filter((value) => value.includes('://'));
      expect(urls.length).toBeGreaterThan(0);
      for (const { hostname, port } of urls.map((url) => new URL(url)))
        expect([hostname, services.get(hostname)]).toEqual([hostname, [expect.objectContaining({ port: Number(port) })]]);
    }
  });

  it('the contents lie on a volume that is kept', () => {
    const { spec } = podOf(named('Deployment', 'syncpair-blob'));
    const folder = environmentOf(serviceContainer('blob'))['SYNCPAIR_BLOB_DIR'] ?? '';
    const mount = spec.containers[0]?.volumeMounts.find(({ mountPath }) => `${folder}/`.startsWith(`${mountPath}/`));
    const claim = spec.volumes?.find(({ name }) => name === mount?.name)?.persistentVolumeClaim?.claimName;
    expect(named('PersistentVolumeClaim', claim ?? '(none)').kind).toBe('PersistentVolumeClaim');
    expect(named('Deployment', 'syncpair-blob').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });

  it('every pod keeps to the restricted standard and takes no variables from the Services around it', () => {
    for (const workload of workloads) {
      const { spec } = podOf(workload);
      expect(spec).toMatchObject({
        enableServiceLinks: false,
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(spec.securityContext.runAsUser).toBeGreaterThan(0);
      for (const container of spec.containers)
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    }
  });

  it('a pod is restarted only when it does not answer itself, and gets no requests while it cannot serve them', () => {
    for (const service of SERVICE_NAMES) {
      const { startupProbe, livenessProbe, readinessProbe } = serviceContainer(service);
      const own = service === 'metadata' ? '/api/v1/keys' : '/blobs/keys';
      expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet)).toEqual([
        { path: own, port: 'http' },
        { path: own, port: 'http' },
        { path: '/health', port: 'http' },
      ]);
    }
  });

  it.each(['ingress', 'gateway-api'])('by %s, contents go to blob and everything else to metadata', (way) => {
    const [route] = loadKustomization(`k8s/components/${way}`).objects;
    const rules = route?.spec?.['rules'];
    const paths =
      way === 'ingress'
        ? ((rules as IngressRules)[0]?.http.paths ?? []).map(({ path, backend }) => [path, backend.service.name])
        : (rules as HttpRouteRules).map(({ matches, backendRefs }) => [matches[0]?.path.value, backendRefs[0]?.name]);
    expect(paths).toEqual([
      ['/blobs', 'syncpair-blob'],
      ['/', 'syncpair-metadata'],
    ]);
  });
});

type IngressRules = readonly {
  readonly http: {
    readonly paths: readonly { readonly path: string; readonly backend: { readonly service: { readonly name: string } } }[];
  };
}[];
type HttpRouteRules = readonly {
  readonly matches: readonly { readonly path: { readonly value: string } }[];
  readonly backendRefs: readonly { readonly name: string }[];
}[];
