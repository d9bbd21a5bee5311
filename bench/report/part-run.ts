/** What a part tells while it measures. */
export interface PartRun {
  /** One line for whoever waits. */
  say(line: string): void;
  /** Does something; when it fails, that is told and kept, and the part goes on. @returns whether it went well */
  attempt(what: string, action: () => Promise<unknown>): Promise<boolean>;
}
