export * from './create-service-app.ts';
export * from './parse-with.ts';
export * from './openapi-document.ts';
export * from './registered-routes.ts';
export * from './service-logger.ts';
