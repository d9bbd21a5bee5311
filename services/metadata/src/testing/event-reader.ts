import type { SyncEventJson } from '@syncpair/contracts';

/** An event stream as a test reads it. */
export class EventReader {
  readonly events: SyncEventJson[] = [];
  readonly #abort = new AbortController();

  /** Resolves when the stream is open and the head of each directory has come. */
  static async open(url: string, directories: readonly string[], device?: string): Promise<EventReader> {
    const reader = new EventReader();
    const query = new URLSearchParams({ client_id: 'reader', shared: 'true', ...(device === undefined ? {} : { device }) });
    for (const directory of directories) query.append('directory', directory);
    const answer = await fetch(`${url}/events?${query}`, { signal: reader.#abort.signal });
    if (answer.body === null || answer.status !== 200) throw new Error(`events answered ${answer.status}`);
    void reader.#read(answer.body).catch(() => undefined);
    await reader.until((events) => events.length >= directories.length);
    return reader;
  }

  /** Sequence numbers as this reader was led through them; throws where one does not follow on the one before. */
  get seqs(): number[] {
    let at: string | null = null;
    const seqs: number[] = [];
    for (const event of this.events) {
      if (event.type === 'commits') {
        if (event.previous !== at) throw new Error(`after ${at} came an event that follows on ${event.previous}`);
        seqs.push(...event.commits.map(({ seq }) => Number(seq)));
      }
      at = event.seq;
    }
    return seqs;
  }

  /** The last sequence number that was told. */
  get seq(): number {
    return Number(this.events.at(-1)?.seq ?? -1);
  }

  async until(condition: (events: readonly SyncEventJson[]) => boolean, patienceMs = 30_000): Promise<void> {
    for (const end = Date.now() + patienceMs; !condition(this.events);) {
      if (Date.now() > end) throw new Error(`waited in vain; the events were ${JSON.stringify(this.events).slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() as string;
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) this.events.push(JSON.parse(data) as SyncEventJson);
      }
    }
  }
}
