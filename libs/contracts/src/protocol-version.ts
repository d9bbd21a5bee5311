/** The protocol that this build speaks, in every request's `protocol`. A server also answers the one before. */
export const PROTOCOL_VERSION = 1;
/** The oldest protocol that a server of this build answers. */
export const OLDEST_PROTOCOL = 1;
/** Header of every answer of the metadata service: the protocols that it speaks, `OLDEST-NEWEST`. */
export const PROTOCOL_HEADER = 'x-syncpair-protocol';
/** The product's version, one for all parts. */
export const PRODUCT_VERSION = '0.1.0';
