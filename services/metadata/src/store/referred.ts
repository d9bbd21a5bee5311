/**
 * Whether a row `b` of `blob` is referred to: a version has the content (heads, older versions, and both sides of conflicts are versions), or
 * a content that was put together consists of it. Such a content has its parts for as long as its own row is there, whoever names it.
 */
export const REFERRED = `(EXISTS (SELECT FROM version v WHERE v.hash = b.hash) OR EXISTS (SELECT FROM manifest_chunk m WHERE m.chunk = b.hash))`;
