/**
 * A stage graph as an SVG file that needs nothing beside it: the drawing with its colors inside, light
 * or dark as the reader's system is. `draw-graph.ts` names the parts; pages color them by their own
 * style sheet and do not come here.
 */
import { drawGraph } from './draw-graph.ts';
import type { Graph } from './graph.ts';

/** The palette of the pages. Each pair has AA contrast against the canvas. */
const light = {
  canvas: '#ffffff',
  sunken: '#f1f1ee',
  line: '#cfcfca',
  text: '#1a1b1e',
  soft: '#4b4e55',
  faint: '#686c74',
  accent: '#0b7459',
  warn: '#8a5200',
};
const dark: typeof light = {
  canvas: '#18191c',
  sunken: '#202226',
  line: '#3d4047',
  text: '#ededf0',
  soft: '#bcbfc6',
  faint: '#979ba4',
  accent: '#5cd9b0',
  warn: '#f0b75e',
};

const properties = (palette: typeof light): string =>
  Object.entries(palette)
    .map(([name, color]) => `--${name}:${color}`)
    .join(';');

/** Every rule names `.stage-graph`, so that the picture keeps its colors to itself where it is put into a page. */
const style = `
.stage-graph{${properties(light)};--edge:var(--line);--words:var(--soft);font-family:Inter,system-ui,-apple-system,"Segoe UI",sans-serif}
@media (prefers-color-scheme: dark){.stage-graph{${properties(dark)}}}
.stage-graph .graph-canvas{fill:var(--canvas)}
.stage-graph .graph-box{fill:var(--canvas);stroke:var(--line);stroke-width:1.25}
.stage-graph .graph-outline{fill:none;stroke:var(--line)}
.stage-graph .graph-title{fill:var(--text);font-weight:600}
.stage-graph .graph-name{fill:var(--faint);font-family:ui-monospace,Menlo,Consolas,monospace}
.stage-graph .graph-label{fill:var(--words)}
.stage-graph .graph-label-back{fill:var(--canvas);fill-opacity:.92}
.stage-graph .is-protected .graph-box{stroke:var(--faint);stroke-width:2.25}
.stage-graph .graph-frame{fill:none;stroke:var(--line);stroke-width:1.25;stroke-dasharray:2 4}
.stage-graph .graph-group-title{fill:var(--faint);font-weight:600}
.stage-graph .graph-line{stroke:var(--edge);stroke-width:1.5;stroke-linecap:round}
.stage-graph .graph-arrow{fill:var(--edge)}
.stage-graph .edge-advance{--edge:var(--accent);--words:var(--accent)}
.stage-graph .edge-return{--edge:var(--warn);--words:var(--warn)}
.stage-graph .edge-restart,.stage-graph .edge-interrupt,.stage-graph .edge-resume,.stage-graph .edge-leave{--edge:var(--faint)}
.stage-graph .edge-interrupt .graph-line,.stage-graph .edge-leave .graph-line{stroke-dasharray:4 4}
.stage-graph .graph-row .graph-line{stroke-dasharray:none}
.stage-graph .graph-start{--edge:var(--faint);fill:var(--faint)}
.stage-graph .is-exit .graph-box,.stage-graph .is-anytime .graph-box{fill:var(--sunken);stroke:transparent}
.stage-graph .is-exit .graph-title,.stage-graph .is-anytime .graph-title{fill:var(--soft)}
`;

/** The same graph gives the same text. It ends with a line break. */
export function svg(graph: Graph): string {
  const drawing = drawGraph(graph, { direction: 'TB' });
  const body = drawing.indexOf('>') + 1;
  const canvas = '<rect class="graph-canvas" width="100%" height="100%"/>';
  return `${drawing.slice(0, body)}\n<style>${style}</style>\n${canvas}${drawing.slice(body)}\n`;
}
