import { type KeyObject, createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { type Parsed, parsed, refused } from './brand.ts';

/**
 * Claims under an Ed25519 signature: `key id.claims.signature`, the last two base64url. A deliberately small subset of JWS: one algorithm,
 * so none can be chosen by a sender.
 */

/** A signing key as it is stored, PEM (PKCS #8). Secret. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
}

/** Public keys by id, as a service publishes them. */
export interface PublicKeyJson {
  readonly id: string;
  /** SPKI, PEM. */
  readonly pem: string;
}

/** A new key, PEM. */
export function generateSigningKeyPem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function readSigningKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  return { id: publicKeyOf(privateKey).id, privateKey };
}

/** The public half, to be published. */
export function publicKeyOf(privateKey: KeyObject): PublicKeyJson {
  const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return { id: createHash('sha256').update(pem).digest('hex').slice(0, 16), pem };
}

export function signClaims(key: SigningKey, claims: object): string {
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${key.id}.${body}.${sign(null, Buffer.from(`${key.id}.${body}`), key.privateKey).toString('base64url')}`;
}

/** The id of the key that a token names, to look the key up with; says nothing about the token's truth. */
export function keyIdOf(token: string): string {
  return token.slice(0, Math.max(0, token.indexOf('.')));
}

/** The claims of a token whose signature holds; the caller checks their shape and time. */
export function verifyClaims(publicKey: KeyObject, token: string): Parsed<unknown> {
  const parts = token.split('.');
  if (parts.length !== 3) return refused('not a signed token');
  const [id, body, signature] = parts as [string, string, string];
  if (!verify(null, Buffer.from(`${id}.${body}`), publicKey, Buffer.from(signature, 'base64url')))
    return refused('the signature does not hold');
  try {
    return parsed(JSON.parse(Buffer.from(body, 'base64url').toString()));
  } catch {
    return refused('the claims are not JSON');
  }
}
