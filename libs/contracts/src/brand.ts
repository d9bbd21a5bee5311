/** A primitive that was parsed once at the edge; only its parser makes one. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** An expected failure, returned and never thrown: what is wrong, in words a user can act on. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const refused = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });
