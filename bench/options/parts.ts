/** The parts of a whole run, in their order: each runs, fails and is kept by itself. */
export const PARTS = ['compare', 'trees', 'large', 'cuts', 'load'] as const;

export type PartName = (typeof PARTS)[number];
