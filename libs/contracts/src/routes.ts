/** Paths of the public routes. A reverse proxy needs no more than: `/blobs/*` to blob, everything else to metadata. */
export const ROUTES = {
  health: '/health',
  openapi: '/openapi.json',
  events: '/events',
  negotiate: '/api/v1/negotiate',
  snapshot: '/api/v1/snapshot',
  grants: '/api/v1/grants',
  chunks: '/api/v1/chunks',
  history: '/api/v1/history',
  restore: '/api/v1/restore',
  restoreTree: '/api/v1/restore/tree',
  undo: '/api/v1/undo',
  retention: '/api/v1/retention',
  conflicts: '/api/v1/conflicts',
  resolve: '/api/v1/conflicts/resolve',
  holds: '/api/v1/holds',
  decideHold: '/api/v1/holds/decide',
  holdLimits: '/api/v1/holds/limits',
  tree: '/api/v1/tree',
  devices: '/api/v1/devices',
  /** Public keys that verify grants; fetched by blob. */
  grantKeys: '/api/v1/keys',
  blobs: '/blobs',
  blobBatch: '/blobs/batch',
  blobFetch: '/blobs/fetch',
  /** Public keys that verify receipts; fetched by metadata. */
  receiptKeys: '/blobs/keys',
  blobHealth: '/blobs/health',
  /** The specification's own calls. */
  sync: '/sync',
  upload: '/upload',
  download: '/download',
  delete: '/delete',
} as const;

/** Request header with a grant, where there is no body for it. */
export const GRANT_HEADER = 'x-syncpair-grant';
/** Header of the answer to `HEAD /blobs/{hash}`: where the content lies, as a receipt would tell it. */
export const LOCATION_HEADER = 'x-syncpair-location';
