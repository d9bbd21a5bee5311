/** What was measured with one large file of random bytes, A to server to B. */
export interface LargeFigures {
  readonly mebibytes: number;
  /** Bytes by which the memory of a process grew above idle while the file travelled; of a server the process that grew most. */
  readonly growth: { readonly a: number; readonly b: number; readonly server: number };
  /** Bytes on the wire, both ways together, when one byte was put before the file: between A and the server, between the server and B. */
  readonly head?: { readonly upBytes: number; readonly downBytes: number };
}
