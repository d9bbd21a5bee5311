import { BLOB_ROUTES, PRODUCT_VERSION } from '@syncpair/contracts';
import { openApiDocument } from '@syncpair/service-http';
import { METADATA_ROUTES } from './route-descriptions.ts';

const info = {
  title: 'SyncPair',
  version: PRODUCT_VERSION,
  description:
    'File synchronisation for teams. Scripts may rely on `/sync`, `/upload`, `/download` and `/delete`; `/api/v1`, `/events` and `/blobs` are the protocol of the daemon.',
};

/** One document for the routes of both services, which share an origin. */
export const openApi = (): object => openApiDocument(info, [...METADATA_ROUTES, ...BLOB_ROUTES]);
