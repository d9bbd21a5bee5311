import { type NegotiateRequestJson, type NegotiateResponse, ROUTES, encodeChange, negotiateResponseSchema } from '@syncpair/contracts';
import { type DirectoryLink, ask, directoryOf } from './directory-link.ts';
import { ServerError } from './server-error.ts';
import type { Negotiation } from './sync-server.ts';

export async function negotiate(link: DirectoryLink, conflictCopies: boolean, request: Negotiation): Promise<NegotiateResponse> {
  const body: NegotiateRequestJson = {
    ...directoryOf(link),
    epoch: request.epoch,
    cursor: String(request.cursor),
    mark: request.mark,
    server: request.server,
    applied: String(request.applied),
    ...(request.run === null ? {} : { run: { ...request.run, follows: [...request.run.follows] } }),
    changes: request.changes.map(encodeChange),
    receipts: [...request.receipts],
    announced: [...request.announced],
    contents: Object.fromEntries([...request.contents].map(([hash, bytes]) => [hash, Buffer.from(bytes).toString('base64')])),
    pull: request.pull,
    joins: request.joins,
    conflict_copies: conflictCopies,
    knows_holds: true,
  };
  const answer = await ask(link, ROUTES.negotiate, body, negotiateResponseSchema);
  if (answer.status === 'ok') refuseOtherAnswers(request, answer.outcomes);
  return answer;
}

/** An outcome under the wrong change would be recorded as agreed, so they are matched before anyone reads them. */
function refuseOtherAnswers(request: Negotiation, outcomes: readonly { readonly id: string }[]): void {
  const same = outcomes.length === request.changes.length && outcomes.every((outcome, at) => outcome.id === request.changes[at]?.id);
  if (!same) throw new ServerError('foreign', 'the outcomes are not those of the changes that were proposed');
}
