import { quantile } from '../../e2e/crowd/quantile.ts';
import type { CommittingDevice } from './calls.ts';
import type { LoadFigures } from './load-figures.ts';
import type { Subscribers } from './subscribers.ts';

/** Commits of which each is told to every connected client. */
const FAN_OUTS = 20;

/** Milliseconds until each connected client has heard of one commit, over many commits. */
export async function measureFanOut(subscribers: Subscribers, device: CommittingDevice): Promise<NonNullable<LoadFigures['told']>> {
  const times: number[] = [];
  for (let seq = 0; seq < FAN_OUTS; seq++) {
    const heard = subscribers.heard(seq);
    await device.commit();
    times.push(...(await heard));
  }
  return {
    subscribers: subscribers.open,
    commits: FAN_OUTS,
    p50Ms: Math.round(quantile(times, 0.5)),
    p95Ms: Math.round(quantile(times, 0.95)),
  };
}
