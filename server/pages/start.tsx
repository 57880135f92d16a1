/**
 * How every page begins: the data the server put into it, and drawing into `#page`.
 */
import { type ComponentChild, render } from 'preact';

/** The JSON that `server/page.ts` wrote into the page. */
export function pageData<T>(): T {
  return JSON.parse(document.getElementById('page-data')?.textContent ?? '{}') as T;
}

export function start(content: ComponentChild): void {
  const place = document.getElementById('page');
  if (place === null) return;
  place.replaceChildren();
  render(content, place);
}
