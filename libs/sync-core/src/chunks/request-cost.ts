/** A request that was answered. */
export interface TimedRequest {
  readonly bytes: number;
  /** Milliseconds from its beginning to its answer. */
  readonly took: number;
}

/** What requests cost. */
export interface RequestCost {
  /** Milliseconds that each takes, however small it is: the way there and back, and making it durable. */
  readonly fixed: number;
  /** Milliseconds for each byte. */
  readonly perByte: number;
}

/** Of two requests that tell what bytes cost, the larger one has so many times the bytes of the other. */
const APART = 1.25;

/**
 * What requests cost, by those that were answered: the line through them that few stray ones do not bend, since it goes by medians
 * (Theil and Sen). Where they are all of about one size, bytes are taken to cost everything.
 */
export function requestCost(requests: readonly TimedRequest[]): RequestCost {
  const slopes = requests.flatMap((one) =>
    requests.flatMap((other) => (other.bytes > APART * one.bytes ? [(other.took - one.took) / (other.bytes - one.bytes)] : [])),
  );
  const perByte = slopes.length === 0 ? Infinity : Math.max(0, medianOf(slopes));
  const fixed = medianOf(requests.map(({ bytes, took }) => Math.max(0, took - perByte * bytes)));
  return { fixed, perByte: medianOf(requests.map(({ bytes, took }) => (took - Math.min(fixed, took)) / bytes)) };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
