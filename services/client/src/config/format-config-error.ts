import type { ConfigError } from './config.ts';

/** One line that names the place in the way editors understand: `FILE:LINE:COLUMN: what is wrong; what to write instead`. */
export function formatConfigError({ file, place, message }: ConfigError): string {
  return place === null ? `${file}: ${message}` : `${file}:${place.line}:${place.column}: ${message}`;
}
