import { randomBytes } from 'node:crypto';
import { type ClientRequest, get } from 'node:http';

/** Many open event streams of one directory; each is heard when an event with the awaited sequence number or a later one has come. */
export class Subscribers {
  readonly #streams: ClientRequest[] = [];
  readonly #onSeq = new Set<(seq: number) => void>();
  open = 0;

  /** Resolves when all of them have heard the directory's head. */
  async connect(port: number, directory: string, count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#connectOne(port, directory)));
  }

  /** Resolves with the milliseconds after which each stream has heard of a sequence number above `seq`, once all have. */
  heard(seq: number): Promise<number[]> {
    const begun = performance.now();
    const expected = this.open;
    const times: number[] = [];
    return new Promise((resolve) => {
      const listener = (told: number): void => {
        if (told > seq) times.push(performance.now() - begun);
        if (times.length === expected) {
          this.#onSeq.delete(listener);
          resolve(times);
        }
      };
      this.#onSeq.add(listener);
    });
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#streams.length = 0;
    this.open = 0;
  }

  #connectOne(port: number, directory: string): Promise<void> {
    const query = new URLSearchParams({ client_id: 'load', device: randomBytes(16).toString('hex'), directory, shared: 'true' });
    return new Promise((resolve, reject) => {
      const stream = get({ host: '127.0.0.1', port, path: `/events?${query}`, agent: false }, (answer) => {
        if (answer.statusCode !== 200) return void reject(new Error(`/events answered ${answer.statusCode}`));
        let text = '';
        let isFirst = true;
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
          let end;
          while ((end = text.indexOf('\n\n')) >= 0) {
            const seq = /"seq":"?(\d+)/.exec(text.slice(0, end))?.[1];
            text = text.slice(end + 2);
            if (seq === undefined) continue;
            if (isFirst) {
              isFirst = false;
              this.open++;
              resolve();
            } else for (const listener of this.#onSeq) listener(Number(seq));
          }
        });
        answer.on('error', () => undefined);
      });
      stream.on('error', reject);
      this.#streams.push(stream);
    });
  }
}
