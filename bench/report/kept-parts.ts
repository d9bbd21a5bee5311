import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PARTS, type PartName } from '../options/parts.ts';
import type { PartRecord } from './part-record.ts';

/** The parts that were measured, a JSON file each. */
export class KeptParts {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  keep(record: PartRecord): void {
    writeFileSync(this.#fileOf(record.part), `${JSON.stringify(record, null, 1)}\n`);
  }

  /** Those of these parts that are there, in their order. */
  read(parts: readonly PartName[] = PARTS): PartRecord[] {
    return parts.flatMap((part) => {
      try {
        return [JSON.parse(readFileSync(this.#fileOf(part), 'utf8')) as PartRecord];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
    });
  }

  #fileOf(part: PartName): string {
    return join(this.folder, `${part}.json`);
  }
}
