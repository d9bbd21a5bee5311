import { join } from 'node:path';
import type { Cast } from './cast.ts';
import type { Narrator } from './narrator.ts';

/** Tells what there is to look at and to try while the folders are live. */
export function farewell({ folder, alice, bob }: Cast, tell: Narrator): void {
  const config = alice.config;
  tell.line(`
The folders stay live until you press Ctrl-C. Change something in one, and look at the other:
   ${alice.team}   the same as   ${bob.team}
   ${alice.notes} and ${bob.notes}, each private
   the logs: ${['server', 'alice', 'bob'].map((name) => `${name}.log`).join(', ')} in ${folder}

In another terminal, here:
   echo hello > ${join(alice.team, 'hello.txt')} && sleep 1 && cat ${join(bob.team, 'hello.txt')}
   npx syncpair status --file ${config}
   npx syncpair history --file ${config} --directory team
   npx syncpair why --file ${config} ${join(alice.team, 'scratch.tmp')}
   npx syncpair conflicts list --file ${config}
   npx syncpair --help`);
}
