import { DomainError } from '@syncpair/contracts';

/** Questions in one. */
const MOST_TOGETHER = 500;

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What is asked while one question is under way goes together into the next: many requests that want to know the same kind of thing cost one
 * statement. No question joins one that has begun, so no answer is older than its question.
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
      if (!this.#isUnderWay) void this.#goOn();
    });
  }

  async #goOn(): Promise<void> {
    this.#isUnderWay = true;
    while (this.#waiting.length > 0) await this.#answerAll(this.#waiting.splice(0, MOST_TOGETHER));
    this.#isUnderWay = false;
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
