/**
 * Monaco's light and dark themes, made from the product's own design tokens.
 *
 * Monaco wants hexadecimal colors, not CSS variables, so the tokens are read off the page as the
 * browser computes them now. Call `applyTheme` again whenever the system changes its mind.
 */
import { monaco } from './monaco.ts';

const themeName = 'regimen';

/** Reads the tokens as they are now and makes Monaco wear them. */
export function applyTheme(dark: boolean): void {
  const color = readColors(getComputedStyle(document.documentElement));
  const plain = (name: string) => color(name).slice(1);
  monaco.editor.defineTheme(themeName, {
    base: dark ? 'vs-dark' : 'vs',
    inherit: false,
    rules: [
      { token: '', foreground: plain('--code-text') },
      { token: 'comment', foreground: plain('--code-comment'), fontStyle: 'italic' },
      { token: 'keyword', foreground: plain('--code-keyword') },
      { token: 'move', foreground: plain('--code-move'), fontStyle: 'bold' },
      { token: 'entity', foreground: plain('--code-entity'), fontStyle: 'bold' },
      { token: 'type', foreground: plain('--code-type') },
      { token: 'string', foreground: plain('--code-string') },
      { token: 'string.escape', foreground: plain('--code-number') },
      { token: 'number', foreground: plain('--code-number') },
      { token: 'delimiter', foreground: plain('--code-comment') },
      { token: 'delimiter.hole', foreground: plain('--code-move') },
      { token: 'identifier', foreground: plain('--code-text') },
      // What names mean, as the language worker tells it.
      { token: 'namespace', foreground: plain('--code-entity') },
      { token: 'namespace.declaration', foreground: plain('--code-entity'), fontStyle: 'bold' },
      { token: 'class', foreground: plain('--code-entity') },
      { token: 'class.declaration', foreground: plain('--code-entity'), fontStyle: 'bold' },
      { token: 'struct', foreground: plain('--code-text') },
      { token: 'property', foreground: plain('--code-text') },
      { token: 'variable', foreground: plain('--code-text') },
      { token: 'parameter', foreground: plain('--code-text') },
      { token: 'function', foreground: plain('--code-text') },
      { token: 'struct.declaration', foreground: plain('--code-text') },
      { token: 'property.declaration', foreground: plain('--code-text') },
      { token: 'variable.declaration', foreground: plain('--code-entity'), fontStyle: 'bold' },
      { token: 'function.declaration', foreground: plain('--code-entity'), fontStyle: 'bold' },
      { token: 'enumMember', foreground: plain('--code-number') },
      { token: 'event', foreground: plain('--code-entity') },
    ],
    colors: {
      'editor.background': color('--code-paper'),
      'editor.foreground': color('--code-text'),
      'editorLineNumber.foreground': color('--code-faint'),
      'editorLineNumber.activeForeground': color('--code-comment'),
      'editorCursor.foreground': color('--code-accent'),
      'editor.selectionBackground': color('--code-selection'),
      'editor.inactiveSelectionBackground': color('--code-selection'),
      'editor.wordHighlightBackground': color('--code-line'),
      'editor.wordHighlightStrongBackground': color('--code-selection'),
      'editor.lineHighlightBackground': color('--code-line'),
      'editor.lineHighlightBorder': '#00000000',
      'editorIndentGuide.background1': color('--code-guide'),
      'editorIndentGuide.activeBackground1': color('--code-guide'),
      'editorBracketMatch.background': color('--code-selection'),
      'editorBracketMatch.border': '#00000000',
      'editorBracketHighlight.foreground1': color('--code-comment'),
      'editorBracketHighlight.foreground2': color('--code-comment'),
      'editorBracketHighlight.foreground3': color('--code-comment'),
      'editorBracketHighlight.unexpectedBracket.foreground': color('--code-error'),
      'editorError.foreground': color('--code-error'),
      'editorWarning.foreground': color('--code-warning'),
      'editorInfo.foreground': color('--code-accent'),
      'editorOverviewRuler.border': '#00000000',
      'editorWidget.background': color('--code-raised'),
      'editorWidget.foreground': color('--code-text'),
      'editorWidget.border': color('--code-border'),
      'editorHoverWidget.background': color('--code-raised'),
      'editorHoverWidget.foreground': color('--code-text'),
      'editorHoverWidget.border': color('--code-border'),
      'editorHoverWidget.statusBarBackground': color('--code-line'),
      'editorSuggestWidget.background': color('--code-raised'),
      'editorSuggestWidget.foreground': color('--code-text'),
      'editorSuggestWidget.border': color('--code-border'),
      'editorSuggestWidget.selectedBackground': color('--code-selection'),
      'editorSuggestWidget.selectedForeground': color('--code-text'),
      'editorSuggestWidget.highlightForeground': color('--code-accent'),
      'editorSuggestWidget.focusHighlightForeground': color('--code-accent'),
      'editorMarkerNavigation.background': color('--code-raised'),
      'editorMarkerNavigationError.background': color('--code-error'),
      'editorMarkerNavigationWarning.background': color('--code-warning'),
      'editorLightBulb.foreground': color('--code-warning'),
      'editorLightBulbAutoFix.foreground': color('--code-accent'),
      'menu.background': color('--code-raised'),
      'menu.foreground': color('--code-text'),
      'menu.selectionBackground': color('--code-selection'),
      'menu.selectionForeground': color('--code-text'),
      'list.hoverBackground': color('--code-line'),
      'list.focusBackground': color('--code-selection'),
      'list.activeSelectionBackground': color('--code-selection'),
      'list.activeSelectionForeground': color('--code-text'),
      'scrollbarSlider.background': color('--code-guide'),
      'scrollbarSlider.hoverBackground': color('--code-faint'),
      'scrollbarSlider.activeBackground': color('--code-faint'),
      'scrollbar.shadow': '#00000000',
      'input.background': color('--code-paper'),
      'input.foreground': color('--code-text'),
      'input.border': color('--code-border'),
      'widget.shadow': '#00000022',
      'textLink.foreground': color('--code-accent'),
      'icon.foreground': color('--code-comment'),
      focusBorder: color('--code-accent'),
    },
  });
  monaco.editor.setTheme(themeName);
}

/** Gives colors of custom properties as `#rrggbb` or `#rrggbbaa`, however they were written. */
function readColors(style: CSSStyleDeclaration): (name: string) => string {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (name) => {
    const written = style.getPropertyValue(name).trim();
    if (context === null || written === '') return '#808080';
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = written;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 255] = context.getImageData(0, 0, 1, 1).data;
    const hex = [red, green, blue, ...(alpha === 255 ? [] : [alpha])].map((part) => part.toString(16).padStart(2, '0'));
    return `#${hex.join('')}`;
  };
}
