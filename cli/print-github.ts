/**
 * Findings as workflow commands of GitHub Actions: it shows each on its line of a pull request.
 *
 * Paths are relative to the root of the checkout (`GITHUB_WORKSPACE` there, else where we stand).
 * Columns are given only where start and end share a line: the runner drops them otherwise.
 */
import { relative, resolve } from 'node:path';
import type { Finding } from './finding.ts';

export function printGithub(finding: Finding, cwd: string, workspace: string | undefined): string {
  const { line, column, endLine, endColumn } = finding.place;
  const properties: [string, string | number][] = [
    ['file', pathFromRoot(finding.path, cwd, workspace)],
    ['line', line],
    ...(line === endLine ? ([['col', column]] as [string, number][]) : []),
    ['endLine', endLine],
    ...(line === endLine ? ([['endColumn', Math.max(endColumn, column + 1)]] as [string, number][]) : []),
    ['title', finding.code],
  ];
  const message = finding.hint === undefined ? finding.message : `${finding.message}\n${finding.hint}`;
  return `::${finding.severity} ${properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',')}::${escapeMessage(message)}`;
}

/** A path as it is called from the root of the checkout, with `/` between its parts. */
export function pathFromRoot(path: string, cwd: string, workspace: string | undefined): string {
  const absolute = resolve(cwd, path);
  const inWorkspace = workspace ? relative(workspace, absolute) : '..';
  return (inWorkspace.startsWith('..') ? relative(cwd, absolute) : inWorkspace).replaceAll('\\', '/');
}

function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
