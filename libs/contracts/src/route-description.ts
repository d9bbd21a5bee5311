import type { z } from 'zod';

/** One way a route answers. */
export interface ResponseDescription {
  readonly description: string;
  /** `application/json` when there is a schema and nothing else is said. */
  readonly contentType?: string;
  readonly schema?: z.ZodType;
}

/**
 * A route as `GET /openapi.json` tells it. Descriptions are data that stand beside the controller; a test of each service holds them
 * against the routes that are really registered.
 */
export interface RouteDescription {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD';
  /** With `{name}` for each parameter, also for one that spans slashes. */
  readonly path: string;
  /** One line. */
  readonly summary: string;
  /** What the summary leaves out; Markdown. */
  readonly description?: string;
  /** The group it is listed in. */
  readonly tag: string;
  /** What a caller must show: a bearer token (in `token` mode), a grant of the metadata service, or nothing. */
  readonly auth: 'bearer' | 'grant' | 'none';
  /** Query parameters, as a `z.object`. */
  readonly query?: z.ZodType;
  /** Request headers of its own, each with its meaning. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly request?: {
    readonly contentType?: string;
    readonly schema?: z.ZodType;
    readonly description?: string;
    /** Takes the bytes themselves too, as `application/octet-stream`. */
    readonly orBytes?: true;
  };
  /** By status. Error answers of the common shape need no mention. */
  readonly responses: Readonly<Record<number, ResponseDescription>>;
}
