/**
 * The files of an editor's project: what is open as the editor has it, and the rest as it lies on the
 * disk, in one workspace of the language service.
 *
 * A file that cannot be read (no UTF-8, no permission, gone) is left out; once it is opened, the
 * editor's own text counts. Nothing here throws for what is on a disk.
 */
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { importedPaths } from '../../compiler/expand.ts';
import { createWorkspace, folderOf, type Workspace } from '../../compiler/service/workspace.ts';
import type { Skill } from '../../runtime/services.ts';
import { filesBeside, findFiles, readText, type SourceFile } from '../find-files.ts';

/** Files read from the folders of one editor; the rest is read when something beside it is opened. */
const FILES_MAX = 2_000;
/** UTF-16 code units of all of them together. */
const CHARACTERS_MAX = 20_000_000;

export type ProjectFiles = {
  workspace: Workspace;
  /** Reads the programs and scenarios under these folders; a sentence where not all of them could be. */
  readFolders(folders: readonly string[]): string | undefined;
  open(path: string, text: string): Promise<void>;
  /** From now on the file on the disk counts again. */
  close(path: string): void;
  isOpen(path: string): boolean;
  /** Something happened to a file on the disk, of a program or of a skill. True where that can change what is known. */
  touched(path: string): Promise<boolean>;
  /** The `SKILL.md` of a skill that programs beside `path` can name. */
  skillFile(path: string, skill: string): string | undefined;
  /** Every skill that can be read beside `path`, by name. */
  skills(path: string): Promise<Record<string, Skill>>;
};

export function openProjectFiles(): ProjectFiles {
  const workspace = createWorkspace();
  const open = new Set<string>();
  const readDirectly = new Set<string>();
  let characters = 0;

  const read = (file: Pick<SourceFile, 'path' | 'absolute'>): void => {
    const path = file.absolute.replaceAll('\\', '/');
    if (open.has(path)) return;
    try {
      const text = readText(file);
      if (characters + text.length > CHARACTERS_MAX) return;
      characters += text.length - (workspace.file(path)?.text.length ?? 0);
      workspace.put(path, text);
    } catch {
      drop(path);
    }
  };
  const drop = (path: string): void => {
    characters -= workspace.file(path)?.text.length ?? 0;
    workspace.drop(path);
  };
  const readBeside = (folder: string): void => {
    if (readDirectly.has(folder) || !isOnDisk(folder)) return;
    readDirectly.add(folder);
    try {
      for (const file of filesBeside(folder, folder).slice(0, FILES_MAX)) read(file);
    } catch {
      // A folder that cannot be read has nothing to add to what is open.
    }
  };
  /** What is imported from outside of the folders, and what that imports. */
  const readImports = (path: string): void => {
    const seen = new Set([path]);
    for (const one of seen) {
      const file = workspace.file(one);
      if (file === undefined || seen.size > FILES_MAX) return;
      for (const imported of importedPaths(file)) {
        if (workspace.file(imported) === undefined && extname(imported) === '.regimen' && isOnDisk(imported))
          read({ path: imported, absolute: imported });
        if (workspace.file(imported) !== undefined) seen.add(imported);
      }
    }
  };
  const knowSkills = async (folder: string): Promise<void> => {
    if (!isOnDisk(folder)) return;
    const { openSkillFolders } = await import('../../server/services/skill-files.ts');
    const folders = openSkillFolders(join(folder, 'skills'));
    const names = await folders.names();
    const known = names === undefined ? {} : { skills: names, skillTexts: await folders.texts() };
    if (JSON.stringify(known) !== JSON.stringify(workspace.environment(folder))) workspace.know(folder, known);
  };

  return {
    workspace,
    readFolders(folders) {
      let left = 0;
      for (const folder of folders) {
        let files: SourceFile[];
        try {
          files = findFiles([folder], folder);
        } catch {
          // Nothing of ours in it, or not to be read: both are usual for an editor's folder.
          continue;
        }
        left += Math.max(0, files.length - FILES_MAX);
        for (const file of files.slice(0, FILES_MAX)) read(file);
      }
      if (left === 0 && characters < CHARACTERS_MAX) return undefined;
      return 'This project is very large: some of its programs are checked only when they are opened.';
    },
    async open(path, text) {
      const isNew = !open.has(path);
      open.add(path);
      workspace.put(path, text);
      if (!isNew) return;
      readBeside(folderOf(path));
      readImports(path);
      await knowSkills(folderOf(path));
    },
    close(path) {
      open.delete(path);
      if (isOnDisk(path)) read({ path, absolute: path });
      else drop(path);
    },
    isOpen: (path) => open.has(path),
    async touched(path) {
      const kind = extname(path);
      if (kind === '.regimen' || kind === '.scenario') {
        if (!open.has(path)) read({ path, absolute: path });
        return true;
      }
      // A skill came or went: `<folder>/skills/<name>/SKILL.md`, or one of the folders themselves.
      const at = path.lastIndexOf('/skills');
      if (at < 0) return false;
      await knowSkills(path.slice(0, at));
      return true;
    },
    skillFile(path, skill) {
      const file = join(folderOf(path), 'skills', skill.replaceAll('_', '-'), 'SKILL.md');
      return /^[a-z][a-z0-9_]*$/.test(skill) && existsSync(file) ? file.replaceAll('\\', '/') : undefined;
    },
    async skills(path) {
      if (!isOnDisk(folderOf(path))) return {};
      const { openSkillFolders } = await import('../../server/services/skill-files.ts');
      return openSkillFolders(join(folderOf(path), 'skills')).all();
    },
  };
}

/** An absolute path of something that is there; `untitled:` and the like are nowhere. */
const isOnDisk = (path: string): boolean => /^(\/|[A-Za-z]:\/)/.test(path) && existsSync(path);
