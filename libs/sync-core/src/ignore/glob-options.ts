/** How globs are read: equal on every platform; braces were expanded before, and nothing is a comment or a negation. */
export const GLOB_OPTIONS = {
  dot: true,
  nobrace: true,
  nocomment: true,
  nonegate: true,
  optimizationLevel: 0,
  platform: 'linux',
} as const;
