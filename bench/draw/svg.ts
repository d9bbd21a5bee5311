/** One element of a picture. Numbers are rounded to tenths of a pixel. */
export function svg(name: string, attributes: Readonly<Record<string, string | number>>, ...inner: readonly string[]): string {
  const told = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escape(typeof value === 'number' ? String(Math.round(value * 10) / 10) : value)}"`,
  );
  return inner.length === 0 ? `<${name}${told.join('')}/>` : `<${name}${told.join('')}>${inner.join('')}</${name}>`;
}

/** Text as it stands in an element or an attribute. */
export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
