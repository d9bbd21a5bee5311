/** `1,234,567`. The first `toLocaleString` of a process would load the rules of all languages: 25 ms, and 9 MB that stay. */
export const groupDigits = (count: number): string => String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
