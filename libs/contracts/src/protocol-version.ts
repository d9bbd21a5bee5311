/** The protocol that this build speaks, in every request's `protocol`. A server also answers the one before. */
export const PROTOCOL_VERSION = 1;
/** The product's version, one for all parts. */
export const PRODUCT_VERSION = '0.1.0';
