import { Option } from 'commander';

/** Options that several commands have, each in the same words. */
export const fileOption = (): Option => new Option('-f, --file <config>', 'the configuration file');
export const jsonOption = (): Option => new Option('--json', 'print one JSON document');
export const directoryOption = (): Option =>
  new Option('-d, --directory <name>', 'the directory; may be left out where the configuration has one only');
