/** Style sheets are imported for their effect: the bundler puts them beside the script. */
declare module '*.css';

/** A part of Monaco that comes without types; see `monaco.ts` for why it is named. */
declare module 'monaco-editor/editor/contrib/suggest/browser/suggestController';
