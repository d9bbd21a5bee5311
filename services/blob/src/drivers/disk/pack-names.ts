const PACK = /^([0-9a-f]{24})\.pack$/;

export const packName = (id: string): string => `${id}.pack`;
export const indexName = (id: string): string => `${id}.idx`;

/** Ids of the packs among these file names, the newest first. */
export function packIds(names: readonly string[]): string[] {
  return names
    .map((name) => PACK.exec(name)?.[1])
    .filter((id) => id !== undefined)
    .sort()
    .reverse();
}
