/** The server does not have a content, or what came is another one. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
  /** The bytes that are here are of no use. */
  readonly isDamaged: boolean;

  constructor(message: string, isDamaged: boolean) {
    super(message);
    this.isDamaged = isDamaged;
  }
}
