import type { INestApplication } from '@nestjs/common';
import type { RouteDescription } from '@syncpair/contracts';
import type { FastifyInstance } from 'fastify';

const recorded = new WeakMap<object, Set<string>>();

/** A route whatever its parameters are called: `/blobs/:hash`, `/blobs/{hash}` and `/blobs/*` are one. */
const spell = (method: string, path: string): string => `${method} ${path.replace(/:[^/]+|\*[^/]*|\{[^/]+\}/g, '{}')}`;

/** Notes every route from now on. A HEAD that only mirrors a GET is part of that GET. */
export function recordRoutes(fastify: FastifyInstance): void {
  const routes = new Set<string>();
  recorded.set(fastify, routes);
  fastify.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) if (method !== 'HEAD') routes.add(spell(method, route.url));
  });
}

/** What documentation and application disagree on, as `METHOD /path`; parameters are `{}`. Both lists are empty when all is well. */
export function compareRoutes(
  app: INestApplication,
  descriptions: readonly RouteDescription[],
): { readonly undocumented: string[]; readonly unregistered: string[] } {
  const routes = recorded.get(app.getHttpAdapter().getInstance() as object);
  if (routes === undefined) throw new Error('the application was not made by createServiceApp');
  const described = new Set(descriptions.filter(({ method }) => method !== 'HEAD').map(({ method, path }) => spell(method, path)));
  return { undocumented: without(routes, described), unregistered: without(described, routes) };
}

const without = (all: ReadonlySet<string>, known: ReadonlySet<string>): string[] => [...all].filter((route) => !known.has(route)).sort();
