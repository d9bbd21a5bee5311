/** What happened in a run, line by line: hashed always, kept only when somebody wants to read it. */
export class Trace {
  readonly lines: string[] | null;
  #hash = 0x811c9dc5;
  #second = 0x9e3779b9;
  #count = 0;

  constructor(keep: boolean) {
    this.lines = keep ? [] : null;
  }

  note(now: number, line: string): void {
    const text = `${now.toFixed(3)} ${line}`;
    this.lines?.push(text);
    this.#count++;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      this.#hash = Math.imul(this.#hash ^ code, 0x01000193);
      this.#second = Math.imul(this.#second + code, 0x85ebca6b) ^ (this.#second >>> 13);
    }
  }

  /** Equal for two runs in which the same things happened at the same times. */
  get digest(): string {
    return `${this.#count}-${(this.#hash >>> 0).toString(16)}${(this.#second >>> 0).toString(16)}`;
  }
}
