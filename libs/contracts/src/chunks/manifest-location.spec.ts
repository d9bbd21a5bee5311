import { expect, it } from 'vitest';
import type { ContentHash } from '../content-hash.ts';
import { formatManifestLocation, parseManifestLocation } from './manifest-location.ts';

const manifest = 'ab'.repeat(32) as ContentHash;

it.each(['', 'loose:123', 'pack:a:1:2'])('the location of a manifest at "%s" comes back from its text', (location) => {
  expect(formatManifestLocation({ manifest, location })).toBe(`manifest:${manifest}:${location}`);
  expect(parseManifestLocation(formatManifestLocation({ manifest, location }))).toEqual({ manifest, location });
});

it.each([undefined, '', 'memory', 'manifest:', `manifest:${manifest}`, `manifest:${manifest.slice(1)}:x`, `manifest:${'G'.repeat(64)}:x`])(
  '%s is the location of a content that lies as one',
  (text) => {
    expect(parseManifestLocation(text)).toBe(null);
  },
);
