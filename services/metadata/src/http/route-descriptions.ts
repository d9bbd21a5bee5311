import {
  type RouteDescription,
  ROUTES,
  conflictSchema,
  conflictsQuerySchema,
  conflictsResponseSchema,
  decideHoldSchema,
  devicesQuerySchema,
  devicesResponseSchema,
  historyQuerySchema,
  historyResponseSchema,
  holdSchema,
  holdSettingsSchema,
  holdsQuerySchema,
  holdsResponseSchema,
  negotiateRequestSchema,
  negotiateResponseSchema,
  publicKeysSchema,
  readGrantsRequestSchema,
  readGrantsResponseSchema,
  registerHoldSchema,
  resolveRequestSchema,
  resolveResponseSchema,
  restoreRequestSchema,
  restoreResponseSchema,
  snapshotRequestSchema,
  syncRequestSchema,
  uploadJsonSchema,
} from '@syncpair/contracts';
import { conflictQuerySchema } from '../conflicts/conflicts.controller.ts';
import { eventsQuerySchema } from '../events/events.controller.ts';
import { treeAtQuerySchema } from '../history/history.controller.ts';
import { deleteQuerySchema, downloadQuerySchema, uploadQuerySchema } from '../script/script-requests.ts';
import { deletedSchema, healthSchema, syncResponseSchema, uploadedSchema } from './answer-schemas.ts';

const NDJSON = 'application/x-ndjson';
const BYTES = 'application/octet-stream';

const script: RouteDescription[] = [
  {
    method: 'POST',
    path: ROUTES.sync,
    summary: 'What a script should upload, download and delete.',
    description: 'Changes nothing but the deletions it accepts: those of files that were not modified after them.',
    tag: 'scripts',
    auth: 'bearer',
    request: { schema: syncRequestSchema },
    responses: { 200: { description: 'The plan.', schema: syncResponseSchema } },
  },
  {
    method: 'POST',
    path: ROUTES.upload,
    summary: 'Stores a file.',
    description:
      'JSON with the content in base64, or the bytes as `application/octet-stream` with the other fields in the query. It replaces the head when `modified` is newer, and otherwise becomes a conflict whose loser is kept.',
    tag: 'scripts',
    auth: 'bearer',
    query: uploadQuerySchema.partial(),
    request: { schema: uploadJsonSchema, orBytes: true },
    responses: {
      200: {
        description: 'Stored; `head` says whether it is what others see, `conflict` names the conflict it is part of.',
        schema: uploadedSchema,
      },
      201: { description: 'Stored at a path where nothing was.', schema: uploadedSchema },
      400: { description: 'A field is missing or wrong; the message names it.' },
      409: { description: 'The path changed at the same moment; send it again.' },
      413: { description: 'A JSON body above 32 MiB; send the bytes instead.' },
      422: { description: 'The bytes do not have this hash or size; nothing was stored.' },
    },
  },
  {
    method: 'GET',
    path: `${ROUTES.download}/{path}`,
    summary: 'The bytes of a file, also of an old version.',
    tag: 'scripts',
    auth: 'bearer',
    query: downloadQuerySchema,
    headers: { range: 'One range of bytes.', 'if-range': 'The range counts only when this is the ETag.', 'if-none-match': 'An ETag.' },
    responses: {
      200: { description: 'All bytes; the ETag is the hash, `X-SyncPair-Modified` the time.', contentType: BYTES },
      206: { description: 'The range that was asked for.', contentType: BYTES },
      304: { description: 'The caller has it.' },
      404: { description: 'No file is there, or none in this version.' },
      416: { description: 'The range lies outside of the file.' },
    },
  },
  {
    method: 'DELETE',
    path: `${ROUTES.delete}/{path}`,
    summary: 'Deletes a file.',
    tag: 'scripts',
    auth: 'bearer',
    query: deleteQuerySchema,
    responses: {
      200: { description: 'Deleted; `version` is the tombstone.', schema: deletedSchema },
      404: { description: 'Nothing is there.' },
      409: {
        description: 'Modified after the time of the deletion, or a folder with contents; or held, because there are too many deletions.',
      },
    },
  },
];

const daemon: RouteDescription[] = [
  {
    method: 'POST',
    path: ROUTES.negotiate,
    summary: 'What changed there since a cursor, for what changed here.',
    tag: 'protocol',
    auth: 'bearer',
    request: { schema: negotiateRequestSchema },
    responses: { 200: { description: 'Decisions, grants and the log.', schema: negotiateResponseSchema } },
  },
  {
    method: 'POST',
    path: ROUTES.snapshot,
    summary: 'All live heads of a directory at one moment, parents first.',
    tag: 'protocol',
    auth: 'bearer',
    request: { schema: snapshotRequestSchema },
    responses: { 200: { description: 'A header line, a line per head, an end line.', contentType: NDJSON } },
  },
  {
    method: 'POST',
    path: ROUTES.grants,
    summary: 'Grants to read contents of a directory.',
    tag: 'protocol',
    auth: 'bearer',
    request: { schema: readGrantsRequestSchema },
    responses: { 200: { description: 'Grants; unknown contents are left out.', schema: readGrantsResponseSchema } },
  },
  {
    method: 'GET',
    path: ROUTES.events,
    summary: 'Server-sent events of any number of directories.',
    description:
      '`directory` once for each; `shared` once for all, or once for each in the same order. A `head` event for each directory, then `commits` events. A comment every 15 seconds.',
    tag: 'protocol',
    auth: 'bearer',
    query: eventsQuerySchema,
    responses: { 200: { description: 'The stream.', contentType: 'text/event-stream' } },
  },
];

const people: RouteDescription[] = [
  {
    method: 'GET',
    path: ROUTES.history,
    summary: 'Versions, the newest first, of a directory or of a path and all below it.',
    tag: 'history',
    auth: 'bearer',
    query: historyQuerySchema,
    responses: { 200: { description: 'One page.', schema: historyResponseSchema } },
  },
  {
    method: 'POST',
    path: ROUTES.restore,
    summary: 'Makes an old version the head again.',
    tag: 'history',
    auth: 'bearer',
    request: { schema: restoreRequestSchema },
    responses: {
      200: { description: 'The head.', schema: restoreResponseSchema },
      404: { description: 'No such version of this path.' },
      409: { description: 'A folder with contents lies at the path.' },
    },
  },
  {
    method: 'GET',
    path: ROUTES.tree,
    summary: 'Everything that is live, or was at a time or after a commit.',
    tag: 'history',
    auth: 'bearer',
    query: treeAtQuerySchema,
    responses: {
      200: { description: 'A header line, a line per path, an end line.', contentType: NDJSON },
      404: { description: 'No such directory.' },
    },
  },
  {
    method: 'GET',
    path: ROUTES.conflicts,
    summary: 'Conflicts with both sides, the newest first.',
    tag: 'conflicts',
    auth: 'bearer',
    query: conflictsQuerySchema,
    responses: { 200: { description: 'The conflicts.', schema: conflictsResponseSchema } },
  },
  {
    method: 'GET',
    path: `${ROUTES.conflicts}/{id}`,
    summary: 'One conflict.',
    tag: 'conflicts',
    auth: 'bearer',
    query: conflictQuerySchema,
    responses: { 200: { description: 'The conflict.', schema: conflictSchema }, 404: { description: 'No such conflict.' } },
  },
  {
    method: 'POST',
    path: ROUTES.resolve,
    summary: 'Resolves a conflict.',
    tag: 'conflicts',
    auth: 'bearer',
    request: { schema: resolveRequestSchema },
    responses: {
      200: { description: 'The conflict, and what was written.', schema: resolveResponseSchema },
      404: { description: 'No such conflict.' },
      409: { description: 'The loser cannot take the path: a folder with contents lies there.' },
    },
  },
  {
    method: 'GET',
    path: ROUTES.holds,
    summary: 'Mass changes that wait for a person, and the limits from which on they do.',
    tag: 'holds',
    auth: 'bearer',
    query: holdsQuerySchema,
    responses: { 200: { description: 'The holds, the newest first.', schema: holdsResponseSchema } },
  },
  {
    method: 'POST',
    path: ROUTES.holds,
    summary: 'A client tells of changes that it holds.',
    tag: 'holds',
    auth: 'bearer',
    request: { schema: registerHoldSchema },
    responses: { 200: { description: 'The hold.', schema: holdSchema } },
  },
  {
    method: 'POST',
    path: ROUTES.decideHold,
    summary: 'Approves or rejects a hold.',
    tag: 'holds',
    auth: 'bearer',
    request: { schema: decideHoldSchema },
    responses: {
      200: { description: 'The hold; `finished` is false while its deletions are carried out.', schema: holdSchema },
      404: { description: 'No such hold.' },
      409: { description: 'Somebody decided otherwise before; the message says who.' },
    },
  },
  {
    method: 'POST',
    path: ROUTES.holdLimits,
    summary: 'Sets when the server holds deletions in a directory.',
    tag: 'holds',
    auth: 'bearer',
    request: { schema: holdSettingsSchema },
    responses: { 200: { description: 'The limits in force.', schema: holdsResponseSchema } },
  },
  {
    method: 'GET',
    path: ROUTES.devices,
    summary: 'Who synchronises a directory, and how far each has come.',
    tag: 'devices',
    auth: 'bearer',
    query: devicesQuerySchema,
    responses: { 200: { description: 'The devices, the latest seen first.', schema: devicesResponseSchema } },
  },
];

const open: RouteDescription[] = [
  {
    method: 'GET',
    path: ROUTES.health,
    summary: 'Whether the server can serve: database and content store answer.',
    tag: 'health',
    auth: 'none',
    responses: { 200: { description: 'It can.', schema: healthSchema }, 503: { description: 'It cannot.', schema: healthSchema } },
  },
  {
    method: 'GET',
    path: ROUTES.openapi,
    summary: 'This document.',
    tag: 'health',
    auth: 'none',
    responses: { 200: { description: 'OpenAPI 3.1.', contentType: 'application/json' } },
  },
  {
    method: 'GET',
    path: ROUTES.grantKeys,
    summary: 'Public keys that verify grants.',
    tag: 'protocol',
    auth: 'none',
    responses: { 200: { description: 'Keys, the newest first.', schema: publicKeysSchema } },
  },
];

/** The routes of the metadata service. */
export const METADATA_ROUTES: readonly RouteDescription[] = [...script, ...people, ...daemon, ...open];
