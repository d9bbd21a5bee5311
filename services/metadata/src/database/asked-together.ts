import { DomainError } from '@syncpair/contracts';

/** Questions in one. */
const MOST_TOGETHER = 500;
/** Milliseconds for which others wait for a question that is under way; one that waits for a lock may take longer. */
const PATIENCE_MS = 20;

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What is asked while one question is under way goes together into the next: many requests that want to know the same kind of thing cost one
 * statement. No question joins one that has begun, so no answer is older than its question; and none waits long for one that takes long.
 */
export class AskedTogether<Question, Answer> {
  readonly #answer: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  readonly #waiting: Asked<Question, Answer>[] = [];
  #isUnderWay = false;

  /** @param answer answers many questions, in their order */
  constructor(answer: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
    this.#answer = answer;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      if (!this.#isUnderWay) this.#goOn();
    });
  }

  #goOn(): void {
    this.#isUnderWay = this.#waiting.length > 0;
    if (!this.#isUnderWay) return;
    let isWaitedFor = true;
    const next = (): void => {
      if (isWaitedFor) this.#goOn();
      isWaitedFor = false;
      clearTimeout(timer);
    };
    const timer = setTimeout(next, PATIENCE_MS);
    void this.#answerAll(this.#waiting.splice(0, MOST_TOGETHER)).then(next);
  }

  async #answerAll(asked: readonly Asked<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.#answer(asked.map(({ question }) => question));
      asked.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      // One that cannot be answered must not keep the others from their answers, so each is asked alone.
      if (asked.length === 1 || error instanceof DomainError) for (const { reject } of asked) reject(error);
      else await Promise.all(asked.map((each) => this.#answerAll([each])));
    }
  }
}
