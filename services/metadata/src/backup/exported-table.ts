import type { ContentHash } from '@syncpair/contracts';

/** A content that versions name, and where it lies; null where the database says that it is not there. */
export interface ReferredContent {
  readonly hash: ContentHash;
  readonly location: string | null;
}

/** A table in a backup. */
export interface ExportedTable {
  readonly name: string;
  /** In the folder of the export: gzipped, one line of JSON a row. */
  readonly file: string;
  readonly rows: number;
  /** Of the file. */
  readonly sha256: string;
}

export interface TablesExport {
  /** Those that made the tables, by name, in their order. */
  readonly migrations: readonly string[];
  readonly tables: readonly ExportedTable[];
}
