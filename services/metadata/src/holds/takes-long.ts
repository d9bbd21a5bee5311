/** What is to be found out takes long, and other directories wait for the same transaction. */
export class TakesLong extends Error {
  override readonly name = 'TakesLong';
}
