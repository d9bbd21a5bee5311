/**
 * `attachment` under this name, whatever bytes are in it: a plain form with everything unusual replaced, and the exact name as RFC 8187
 * has it. Nothing of a name can end the header or make a browser show the content.
 */
export function contentDisposition(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9 ._-]/g, '_');
  const exact = encodeURIComponent(name).replace(/['()*!]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
