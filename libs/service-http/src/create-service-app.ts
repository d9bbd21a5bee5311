import 'reflect-metadata';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { answerError } from './answer-error.ts';
import { installBodyParsers } from './body-parsers.ts';
import { installCompression } from './compress-answers.ts';
import { HEADERS_TIMEOUT_MS, IDLE_MS, KEEP_ALIVE_MS, answerMalformed, installConnectionGuards } from './connections.ts';
import { ErrorFilter } from './error-filter.ts';
import { FrameworkLogger } from './framework-logger.ts';
import { recordRoutes } from './registered-routes.ts';
import { RequestLog } from './request-log.ts';
import { installRequestHooks, requestId, setCommonHeaders } from './request-hooks.ts';
import { type ServiceLogOptions, createServiceLogger } from './service-logger.ts';

@Module({})
class ServiceRoot {}

export interface ServiceAppOptions extends ServiceLogOptions {
  /**
   * Names by which the server may be asked, besides its addresses and localhost; [] for none. Left out: any name. A server without tokens on
   * loopback should give it, or the page of a site that resolves to 127.0.0.1 can speak to it.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** The level at which requests are logged that went well; info when left out. */
  readonly requestLevel?: 'info' | 'debug' | undefined;
}

/** Characters of one path parameter: a whole relative path, percent-encoded, as far as the request line can hold it. */
const MAX_PARAM_LENGTH = 16 * 1024;

/**
 * The application of a service, ready for `listen`. What every service has in common: JSON and byte-stream bodies, one shape of errors,
 * JSON logs, request ids, compression, limits on slow and idle connections, and a `close()` that ends within seconds.
 *
 * Controllers may throw a DomainError for an expected failure, read `request.raw` of an `application/octet-stream` request, and log
 * through `request.log`. The log never holds bodies, queries or secrets.
 */
export async function createServiceApp(module: Type | DynamicModule, options: ServiceAppOptions): Promise<NestFastifyApplication> {
  const logger = createServiceLogger(options);
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new RequestLog(),
    genReqId: requestId,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionTimeout: IDLE_MS,
    requestTimeout: 0,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: 5_000 },
    clientErrorHandler: answerMalformed,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      setCommonHeaders(request, reply);
      answerError(error, request, reply);
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    skipMiddie: true,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  recordRoutes(fastify);
  installBodyParsers(fastify);
  installRequestHooks(fastify, options);
  installCompression(fastify);
  installConnectionGuards(fastify);

  // The HTTP log is written by a hook of Fastify; the module only makes Nest itself log through the same logger.
  const logging = LoggerModule.forRoot({ pinoHttp: { logger }, useExisting: true, forRoutes: [] });
  const root: DynamicModule = { module: ServiceRoot, imports: [logging, module] };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { bodyParser: false, bufferLogs: true, abortOnError: false });
  app.useLogger(new FrameworkLogger(await app.resolve(PinoLogger), {}));
  app.useGlobalFilters(new ErrorFilter());
  return app;
}
