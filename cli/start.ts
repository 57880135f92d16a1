/** The command as it is built into one file: `bin.cjs` has looked at the Node already. */
import { main } from './main.ts';

void main(process.argv.slice(2));
