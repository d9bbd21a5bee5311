import { ERROR_CODES, type ResponseDescription, type RouteDescription } from '@syncpair/contracts';
import { z } from 'zod';

type Json = Record<string, unknown>;

/** An OpenAPI 3.1 document of these routes. Schemas are those that the services parse with, so the document cannot drift from them. */
export function openApiDocument(info: { title: string; version: string; description?: string }, routes: readonly RouteDescription[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info,
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Error: ERROR_SCHEMA },
      responses: {
        Error: { description: 'An error, with a stable code.', ...content('application/json', { $ref: '#/components/schemas/Error' }) },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token; needed in token mode only.' },
        grant: {
          type: 'apiKey',
          in: 'header',
          name: 'x-syncpair-grant',
          description: 'A grant of the metadata service, here or in the body.',
        },
      },
    },
  };
}

const ERROR_SCHEMA = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string', enum: Object.keys(ERROR_CODES) }, message: { type: 'string' }, path: { type: 'string' } },
    },
  },
};

function operation(route: RouteDescription): Json {
  return {
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase())}`,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    security: route.auth === 'none' ? [] : [{ [route.auth]: [] }],
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(route.request === undefined ? {} : { requestBody: requestBody(route.request) }),
    responses: {
      ...Object.fromEntries(Object.entries(route.responses).map(([status, response]) => [status, describeResponse(response)])),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function pathParameters(route: RouteDescription): Json[] {
  return [...route.path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters(route: RouteDescription): Json[] {
  if (route.query === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(route.query) as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
}

function headerParameters(route: RouteDescription): Json[] {
  return Object.entries(route.headers ?? {}).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }));
}

function requestBody(request: NonNullable<RouteDescription['request']>): Json {
  const { description, contentType = 'application/json', schema, orBytes = false } = request;
  const { content: first } = content(contentType, schema && jsonSchema(schema)) as { content: Json };
  const bytes = orBytes ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } : {};
  return { required: true, ...(description === undefined ? {} : { description }), content: { ...first, ...bytes } };
}

function describeResponse({ description, contentType, schema }: ResponseDescription): Json {
  if (contentType === undefined && schema === undefined) return { description };
  return { description, ...content(contentType ?? 'application/json', schema && jsonSchema(schema)) };
}

const content = (type: string, schema: Json | undefined): Json => ({ content: { [type]: schema === undefined ? {} : { schema } } });

/** The wire side of a schema; transformations inside do not matter to a reader. */
function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _dialect, '~standard': _standard, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  return rest;
}
