import { OPTION_TABLE, type OptionLine } from './option-table.ts';

const TAKES = { switch: '', count: ' N', counts: ' N,N', names: ' NAMES', text: ' TEXT' } as const;

/** What `npm run bench -- --help` tells. */
export function help(): string {
  const lines = Object.entries(OPTION_TABLE).map(([name, line]: [string, OptionLine]) => {
    const sizes = line.full === null ? '' : ` (${line.full}${line.quick === undefined ? '' : `, quick ${line.quick}`})`;
    return `  ${`--${name}${TAKES[line.kind]}`.padEnd(30)}${line.about}${sizes}`;
  });
  return `usage: npm run bench -- [options]\n\n${lines.join('\n')}\n\nbench/README.md says what is measured.\n`;
}
