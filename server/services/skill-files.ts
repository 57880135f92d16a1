/**
 * Skill folders on disk: `skills/<name-with-hyphens>/` beside the programs, read when they changed.
 *
 * What a skill must look like is decided by `runtime/skills.ts`. The version of a skill is the
 * SHA-256 of its files, so that a run can say later exactly what the agent was told.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Skill } from '../../runtime/services.ts';
import { readSkill, type SkillProblem, skillFileLengthMax, skillFolder } from '../../runtime/skills.ts';

export type SkillFolders = {
  /**
   * The names of all skills, as programs write them, in order. Undefined when there is no folder: then nobody judges
   * names.
   */
  names(): Promise<string[] | undefined>;
  /** One skill. A folder that is missing or cannot be read is a problem on line 1, never an exception. */
  read(name: string): Promise<{ skill?: Skill; problems: SkillProblem[] }>;
  /** The text of each skill's `SKILL.md`, by name; skills that cannot be read are left out. */
  texts(): Promise<Record<string, string>>;
  /** Every skill that can be read, by name. */
  all(): Promise<Record<string, Skill>>;
};

const fileNames = ['SKILL.md', 'scripted.yaml'] as const;
/** UTF-8 takes at most this many bytes for one unit of a JavaScript string. */
const bytesPerUnitMax = 3;

/** The skills in `folder` (the folder `skills` itself). */
export function openSkillFolders(folder: string): SkillFolders {
  const known = new Map<string, { stamp: string; read: ReturnType<typeof readSkill> }>();
  const knownTexts = new Map<string, { stamp: string; text: string }>();

  const names = async (): Promise<string[] | undefined> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    return entries
      ?.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name.replaceAll('-', '_'))
      .sort();
  };

  const read = async (name: string): Promise<{ skill?: Skill; problems: SkillProblem[] }> => {
    // The name comes from a program's text: it must never lead out of the folder.
    if (!/^[a-z][a-z0-9_]*$/.test(name)) return problem(`\`${name}\` is not the name of a skill.`);
    const place = join(folder, skillFolder(name));
    const stamps = await Promise.all(fileNames.map((file) => stampOf(join(place, file))));
    const stamp = stamps.map((one) => one?.text ?? 'none').join(' ');
    const before = known.get(name);
    if (before?.stamp === stamp) return before.read;
    const fresh = await readFolder(name, place, stamps);
    known.set(name, { stamp, read: fresh });
    return fresh;
  };

  const textOf = async (name: string): Promise<string | undefined> => {
    const path = join(folder, skillFolder(name), 'SKILL.md');
    const stamp = await stampOf(path);
    if (stamp === null || stamp.bytes > skillFileLengthMax * bytesPerUnitMax) return undefined;
    const before = knownTexts.get(name);
    if (before?.stamp === stamp.text) return before.text;
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) knownTexts.set(name, { stamp: stamp.text, text });
    return text;
  };

  const texts = async (): Promise<Record<string, string>> => {
    const found = await Promise.all(((await names()) ?? []).map(async (name) => [name, await textOf(name)] as const));
    return Object.fromEntries(found.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
  };

  const all = async (): Promise<Record<string, Skill>> => {
    const skills: Record<string, Skill> = {};
    for (const name of (await names()) ?? []) {
      const { skill } = await read(name);
      if (skill !== undefined) skills[name] = skill;
    }
    return skills;
  };

  return { names, read, texts, all };
}

type Stamp = { text: string; bytes: number } | null;

/** Time and size together tell that a file changed, without reading it. */
async function stampOf(path: string): Promise<Stamp> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? { text: `${found.mtimeMs}:${found.size}`, bytes: found.size } : null;
}

async function readFolder(name: string, place: string, stamps: Stamp[]): Promise<ReturnType<typeof readSkill>> {
  if (!stamps[0]) {
    return problem(
      `There is no skill \`${name}\`: make the file skills/${skillFolder(name)}/SKILL.md beside the program.`,
    );
  }
  const tooLarge = fileNames.find((_, index) => (stamps[index]?.bytes ?? 0) > skillFileLengthMax * bytesPerUnitMax);
  if (tooLarge) {
    return {
      problems: [
        {
          file: tooLarge,
          line: 1,
          message: `${tooLarge} is longer than ${skillFileLengthMax} characters: shorten it.`,
        },
      ],
    };
  }
  try {
    const [main, script] = await Promise.all(
      fileNames.map((file, index) => (stamps[index] ? readFile(join(place, file), 'utf8') : undefined)),
    );
    const hash = createHash('sha256');
    for (const text of [main ?? '', script ?? '']) hash.update(`${Buffer.byteLength(text)}:`).update(text);
    return readSkill(
      name,
      { 'SKILL.md': main ?? '', ...(script === undefined ? {} : { 'scripted.yaml': script }) },
      hash.digest('hex'),
    );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return problem(`The skill \`${name}\` cannot be read (${code}): check that its files may be read by this user.`);
  }
}

const problem = (message: string): { problems: SkillProblem[] } => ({
  problems: [{ file: 'SKILL.md', line: 1, message }],
});
