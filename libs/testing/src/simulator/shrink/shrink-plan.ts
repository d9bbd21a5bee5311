import type { Plan, Step } from '../plan/plan.ts';
import { NO_FAULTS } from '../network/simulated-link.ts';

/** Whether a plan still fails in the way that is being looked for. */
export type StillFails = (plan: Plan) => Promise<boolean>;

/**
 * A smaller plan that still fails: steps, faults, clients and their peculiarities are left out for as long as it does. `mostPlays` bounds
 * how often a plan is tried.
 */
export async function shrinkPlan(plan: Plan, stillFails: StillFails, mostPlays = 400): Promise<Plan> {
  const search = new Search(plan, stillFails, mostPlays);
  let before: Plan;
  do {
    before = search.best;
    await search.dropSteps();
    await search.simplify();
  } while (search.best !== before && search.left > 0);
  return search.best;
}

class Search {
  best: Plan;
  left: number;
  readonly #stillFails: StillFails;

  constructor(plan: Plan, stillFails: StillFails, plays: number) {
    this.best = plan;
    this.left = plays;
    this.#stillFails = stillFails;
  }

  async dropSteps(): Promise<void> {
    for (let size = Math.ceil(this.best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = this.best.steps.length - size; at > -size; at -= size) {
        const first = Math.max(0, at);
        const steps = this.best.steps.filter((_, index) => index < first || index >= first + size);
        if (steps.length < this.best.steps.length) await this.#try({ ...this.best, steps });
      }
    }
  }

  async simplify(): Promise<void> {
    await this.#try({ ...this.best, network: NO_FAULTS });
    for (const fault of Object.keys(NO_FAULTS) as (keyof typeof NO_FAULTS)[])
      if (this.best.network[fault] > 0) await this.#try({ ...this.best, network: { ...this.best.network, [fault]: 0 } });
    if (this.best.silentLoss > 0) await this.#try({ ...this.best, silentLoss: 0 });
    if (this.best.directories > 1) await this.#try(withOneDirectory(this.best));
    for (let client = this.best.clients.length - 1; client >= 0 && this.best.clients.length > 1; client--)
      await this.#try(withoutClient(this.best, client));
    for (const [index, client] of this.best.clients.entries()) {
      if (client.skew !== 0) await this.#try(withClient(this.best, index, { skew: 0 }));
      for (const pattern of client.ignore)
        await this.#try(
          withClient(this.best, index, { ignore: (this.best.clients[index]?.ignore ?? []).filter((one) => one !== pattern) }),
        );
    }
  }

  async #try(plan: Plan): Promise<void> {
    if (this.left <= 0) return;
    this.left--;
    if (await this.#stillFails(plan)) this.best = plan;
  }
}

const withClient = (plan: Plan, index: number, change: Partial<Plan['clients'][number]>): Plan => ({
  ...plan,
  clients: plan.clients.map((client, at) => (at === index ? { ...client, ...change } : client)),
});

/** What it did is left out with it; the others keep what they do, under their new numbers. */
function withoutClient(plan: Plan, index: number): Plan {
  const steps = plan.steps
    .filter(({ client }) => client !== index)
    .map((step): Step => (step.client > index ? { ...step, client: step.client - 1 } : step));
  return { ...plan, clients: plan.clients.filter((_, at) => at !== index), steps };
}

const withOneDirectory = (plan: Plan): Plan => ({ ...plan, directories: 1, steps: plan.steps.filter(({ directory }) => directory === 0) });
