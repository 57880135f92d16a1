/** The version of this Regimen, as its package says. */
export { version } from '../server/version.ts';
