/**
 * The HTML shell of every page: design, script, and the data the script starts from.
 *
 * Nothing is drawn here but the title, a sign that shows when the script takes long, and a sentence
 * for browsers without JavaScript; each page's script draws itself into `#page` from the JSON in
 * `#page-data`, so that the first picture needs no second request. A page's style comes at the end,
 * where it holds back the script but not the sign.
 */
import type { AssetName, Assets } from './plugins/assets.ts';

export type PageInput = {
  title: string;
  /** The entry of the assets plugin that draws the page. */
  script: AssetName;
  /** Plain JSON, handed to the script. */
  data?: unknown;
};

/** A complete HTML document. `assets` gives the addresses, with the hash of their contents. */
export async function page(assets: Assets, { title, script, data }: PageInput): Promise<string> {
  const [design, bundle] = await Promise.all([assets.address('design'), assets.address(script)]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#131416">
<title>${escapeHtml(title)} · Regimen</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<link rel="stylesheet" href="${design.css}">
<link rel="modulepreload" href="${bundle.js}">
<script type="application/json" id="page-data">${escapeJson(data ?? {})}</script>
</head>
<body>
<div id="page"><p class="coming" role="status">Opening…</p><noscript><main class="blank"><h1>This page needs JavaScript</h1><p>Please switch it on in your browser and load the page again.</p></main></noscript></div>
${bundle.css === null ? '' : `<link rel="stylesheet" href="${bundle.css}">`}
<script type="module" src="${bundle.js}"></script>
</body>
</html>
`;
}

/** A page that says what went wrong, for browsers. Needs no script. */
export async function errorPage(
  assets: Assets,
  input: { status: number; title: string; message: string },
): Promise<string> {
  const design = await assets.address('design');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(input.title)} · Regimen</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<link rel="stylesheet" href="${design.css}">
</head>
<body>
<main class="blank">
<p class="blank-mark">${input.status}</p>
<h1>${escapeHtml(input.title)}</h1>
<p>${escapeHtml(input.message)}</p>
<p><a class="button" href="/">Go to the start page</a></p>
</main>
</body>
</html>
`;
}

/** Text → HTML text or attribute value. */
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A `<` inside JSON inside a script element could end the element. */
const escapeJson = (data: unknown): string => JSON.stringify(data).replace(/</g, '\\u003c');

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0d7a5f"/><path d="M9 22.5h4.5a4 4 0 0 0 4-4v-5a4 4 0 0 1 4-4H23" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/><circle cx="9" cy="22.5" r="2.6" fill="#fff"/><circle cx="23" cy="9.5" r="2.6" fill="#fff"/></svg>`;
