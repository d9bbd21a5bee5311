export * from './commit/conflict-copy-name.ts';
export * from './commit/decide-commit.ts';
export * from './commit/decide-move.ts';
export * from './commit/order.ts';
export * from './commit/stored-version.ts';
