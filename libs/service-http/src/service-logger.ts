import { type Logger, pino } from 'pino';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface ServiceLogOptions {
  /** The service, in every line. */
  readonly name: string;
  readonly logLevel: LogLevel;
  /** A file to append to; stderr otherwise. */
  readonly logFile?: string | undefined;
  /** Takes each line instead of a file or stderr. */
  readonly destination?: { write(line: string): void } | undefined;
  /** Errors only. */
  readonly quiet?: boolean | undefined;
}

const SECRETS = ['authorization', 'cookie', 'grant', 'grants', 'receipt', 'receipts', 'token', 'password', 'privateKey'];
const SECRET_HEADERS = ['["x-syncpair-grant"]', '["proxy-authorization"]'];

/** Where a secret could stand in what is logged: at the top, one or two levels down (`headers.authorization`, `req.headers.cookie`). */
const REDACTED = [
  ...SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  ...SECRET_HEADERS.flatMap((name) => [name, `*${name}`, `*.*${name}`]),
];

/** The one logger of a service: JSON lines, secrets removed, written before the call returns so that a crash loses none. */
export function createServiceLogger(options: ServiceLogOptions): Logger {
  return pino(
    {
      base: { service: options.name },
      level: options.quiet === true ? 'error' : options.logLevel,
      redact: { paths: REDACTED, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination({ dest: options.logFile ?? 2, sync: true, mkdir: true }),
  );
}
