import { DomainError } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { AskedTogether } from './asked-together.ts';

/** Doubles numbers, and waits with each question until it is told to go on. */
class Doubling {
  readonly asked: number[][] = [];
  readonly #waiting: (() => void)[] = [];

  readonly answer = async (numbers: readonly number[]): Promise<number[]> => {
    this.asked.push([...numbers]);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (numbers.includes(13)) throw new Error('13');
    if (numbers.includes(99)) throw new DomainError('unavailable', 'nobody answers');
    return numbers.map((number) => number * 2);
  };

  /** Answers what is under way, and what comes of that, until nothing is. */
  async goOn(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next();
      await new Promise(setImmediate);
    }
  }
}

const setUp = (): { doubling: Doubling; together: AskedTogether<number, number> } => {
  const doubling = new Doubling();
  return { doubling, together: new AskedTogether(doubling.answer) };
};

test('what is asked while one question is under way goes together into the next, and none into one that has begun', async () => {
  const { doubling, together } = setUp();
  const answers = Promise.all([1, 2, 3, 2].map((number) => together.ask(number)));
  expect(doubling.asked).toEqual([[1]]);
  await doubling.goOn();
  expect(await answers).toEqual([2, 4, 6, 4]);
  expect(doubling.asked).toEqual([[1], [2, 3, 2]]);
  const later = together.ask(4);
  await doubling.goOn();
  expect(await later).toBe(8);
});

test('none waits for one that takes long', async () => {
  const { doubling, together } = setUp();
  const answers = Promise.all([1, 2, 3].map((number) => together.ask(number)));
  await expect.poll(() => doubling.asked).toEqual([[1], [2, 3]]);
  await doubling.goOn();
  expect(await answers).toEqual([2, 4, 6]);
  const later = together.ask(4);
  await doubling.goOn();
  expect(await later).toBe(8);
  expect(doubling.asked).toEqual([[1], [2, 3], [4]]);
});

test('one that cannot be answered fails alone', async () => {
  const { doubling, together } = setUp();
  const settled = Promise.allSettled([1, 2, 13, 3].map((number) => together.ask(number)));
  await doubling.goOn();
  expect((await settled).map((each) => (each.status === 'fulfilled' ? each.value : (each.reason as Error).message))).toEqual([
    2,
    4,
    '13',
    6,
  ]);
  expect(doubling.asked).toEqual([[1], [2, 13, 3], [2], [13], [3]]);
});

test('where nobody answers at all, all are told once, and the next are asked', async () => {
  const { doubling, together } = setUp();
  const settled = Promise.allSettled([1, 2, 99].map((number) => together.ask(number)));
  await doubling.goOn();
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(doubling.asked).toEqual([[1], [2, 99]]);
  const later = together.ask(5);
  await doubling.goOn();
  expect(await later).toBe(10);
});
