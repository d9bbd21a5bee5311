/** Bytes. No file system loses less of a file than a sector. */
const PAGE = 512;
const ZEROS = Buffer.alloc(PAGE);

/**
 * True when a file holds nothing but pages of a content, each in its place, and pages of zeros where others should be: what a power cut makes
 * of a file that was written and not flushed. Its end may be missing.
 */
export async function missesOnlyPages(found: AsyncIterable<Uint8Array>, content: AsyncIterable<Uint8Array>): Promise<boolean> {
  const there = pagesOf(content);
  for await (const page of pagesOf(found)) {
    const wanted = (await there.next()).value;
    if (wanted === undefined || page.length > wanted.length) return false;
    if (!page.equals(wanted.subarray(0, page.length)) && !page.equals(ZEROS.subarray(0, page.length))) return false;
  }
  return true;
}

/** The last one may be shorter. */
async function* pagesOf(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const part of parts) {
    rest = Buffer.concat([rest, part]);
    let at = 0;
    for (; rest.length - at >= PAGE; at += PAGE) yield rest.subarray(at, at + PAGE);
    rest = rest.subarray(at);
  }
  if (rest.length > 0) yield rest;
  return undefined;
}
