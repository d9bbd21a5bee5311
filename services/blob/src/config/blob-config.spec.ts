import { describe, expect, it } from 'vitest';
import { parseBlobConfig } from './blob-config.ts';

const needed = { SYNCPAIR_BLOB_DIR: '/data', SYNCPAIR_METADATA_URL: 'http://metadata:8081' };

describe('parseBlobConfig', () => {
  it('has a default for all but the folder and the address of metadata', () => {
    expect(parseBlobConfig({ ...needed, SYNCPAIR_BLOB_HOST: '' })).toEqual({
      ok: true,
      value: {
        port: 8082,
        host: '127.0.0.1',
        folder: '/data',
        metadataUrl: 'http://metadata:8081',
        logLevel: 'info',
        maxBlobBytes: 64 * 1024 ** 3,
      },
    });
  });
  it('names every mistake at once', () => {
    const result = parseBlobConfig({
      SYNCPAIR_BLOB_PORT: '99999',
      SYNCPAIR_LOG_LEVEL: 'loud',
      SYNCPAIR_MAX_BLOB_BYTES: '1e9',
      SYNCPAIR_BLOB_DIR: 'relative',
      HOME: '/root',
    });
    const lines = result.ok ? [] : result.reason.split('\n');
    expect(lines.map((line) => line.split(':', 1)[0])).toEqual([
      'SYNCPAIR_BLOB_PORT',
      'SYNCPAIR_BLOB_DIR',
      'SYNCPAIR_METADATA_URL',
      'SYNCPAIR_LOG_LEVEL',
      'SYNCPAIR_MAX_BLOB_BYTES',
    ]);
  });
  it.each(['ftp://x', 'metadata:8081', 'http://'])('refuses %s as an address', (url) => {
    expect(parseBlobConfig({ ...needed, SYNCPAIR_METADATA_URL: url }).ok).toBe(false);
  });
});
