/**
 * The editor page: reads what the server put into it and draws either the choice of programs or
 * the workbench for one.
 */
import './editor.css';
import { render } from 'preact';
import type { EditorPageData } from '../server/pages/editor-data.ts';
import { StartPage } from './start-page.tsx';
import { Workbench } from './workbench.tsx';

const host = document.getElementById('page');
const written = document.getElementById('page-data')?.textContent;
if (host && written) {
  const data: EditorPageData = JSON.parse(written);
  host.replaceChildren();
  render(data.open === null ? <StartPage data={data} /> : <Workbench data={data} open={data.open} />, host);
}
