/** Something in the trash of a directory. */
export interface TrashItem {
  /** Its name in the trash. */
  readonly id: string;
  /** Where it lay in the directory; of what a crash left behind, only its name, cut where it is long. */
  readonly path: string;
  /** False when only the name is known. */
  readonly whole: boolean;
  /** Bytes. */
  readonly size: number;
  /** ISO 8601: since when it lies in the trash. */
  readonly since: string;
  /** In words. */
  readonly reason: string;
  /** Where the bytes lie, as an absolute path. */
  readonly file: string;
}
