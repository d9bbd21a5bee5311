import { MAX_NAME_BYTES, type RelativePath, type VersionId, joinPath, nameOf, parentOf } from '@syncpair/contracts';

/**
 * Where the visible copy of a conflict's loser goes: beside the file, `report.conflict-bob-12.0.pdf`, or `report.conflict-12.0.pdf` where
 * its author (a `client_id`) is not known. The version in the name makes it unique in the directory. The stem is cut at a character's border where the name would pass 255 bytes.
 */
export function conflictCopyPath(path: RelativePath, author: string | null, loser: VersionId): RelativePath {
  const name = nameOf(path);
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : '';
  const by = author === null ? '' : `${cut(author.replaceAll(/[^\p{L}\p{N}._-]/gu, '_'), 40)}-`;
  const mark = `.conflict-${by}${loser}${extension}`;
  const stem = cut(name.slice(0, name.length - extension.length), MAX_NAME_BYTES - byteLength(mark));
  return joinPath(parentOf(path), stem + mark);
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

function cut(text: string, bytes: number): string {
  let kept = '';
  let length = 0;
  for (const character of text) {
    length += byteLength(character);
    if (length > bytes) break;
    kept += character;
  }
  return kept;
}
