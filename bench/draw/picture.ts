import { escape, svg } from './svg.ts';

/** A whole SVG file with a white ground, for it stands on dark pages, too. */
export function picture(
  { width, height, title }: { readonly width: number; readonly height: number; readonly title: string },
  ...inner: readonly string[]
): string {
  const style = 'text{font:12px system-ui,sans-serif;fill:#1f2933}.small{font-size:10px;fill:#52606d}.bold{font-weight:bold}';
  return `${svg(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' },
    svg('title', {}, escape(title)),
    svg('style', {}, style),
    svg('rect', { width, height, fill: '#fff' }),
    ...inner,
  )}\n`;
}
