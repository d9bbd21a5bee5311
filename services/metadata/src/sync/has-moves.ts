import type { CommitJob } from './commit-job.ts';

export const hasMoves = (job: CommitJob): boolean => job.changes.some(({ op }) => op === 'move');
