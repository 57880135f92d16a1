/** Style sheets are imported for their effect: the bundler puts them beside the script. */
declare module '*.css';

/** Parts of Monaco that come without types; see `monaco.ts` for why they are named. */
declare module 'monaco-editor/editor/contrib/semanticTokens/browser/documentSemanticTokens';
declare module 'monaco-editor/editor/contrib/suggest/browser/suggestController';
