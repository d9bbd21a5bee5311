/** Where the disk driver keeps a content, as receipts and grants carry it: `loose:SIZE` or `pack:ID:OFFSET:LENGTH`. */
export type DiskLocation =
  | { readonly kind: 'loose'; readonly size: number }
  | { readonly kind: 'pack'; readonly pack: string; readonly offset: number; readonly length: number };

const LOOSE = /^loose:(\d{1,15})$/;
const PACK = /^pack:([0-9a-f]{24}):(\d{1,10}):(\d{1,10})$/;

export function formatLocation(location: DiskLocation): string {
  return location.kind === 'loose' ? `loose:${location.size}` : `pack:${location.pack}:${location.offset}:${location.length}`;
}

/** Null for anything that this driver did not write; it is looked up by hash then. */
export function parseLocation(text: string | undefined): DiskLocation | null {
  if (text === undefined) return null;
  const loose = LOOSE.exec(text);
  if (loose !== null) return { kind: 'loose', size: Number(loose[1]) };
  const pack = PACK.exec(text);
  return pack === null ? null : { kind: 'pack', pack: pack[1] as string, offset: Number(pack[2]), length: Number(pack[3]) };
}
