/**
 * The start page: what runs here, and where to go from it.
 */
import type { Plugin } from '@hapi/hapi';
import { isOperator, readerOrNull } from '../access.ts';
import { currentAttempt } from '../chat-state.ts';
import { page } from '../page.ts';
import type { ServerParts } from '../parts.ts';

/** A person's attempts over all programs that the start page looks at. */
const attemptsMax = 200;

export type HomePageData = {
  person: { email: string } | null;
  operator: boolean;
  development: boolean;
  agent: ServerParts['agent'];
  slack: boolean;
  clockMoves: boolean;
  now: number;
  programs: {
    name: string;
    title: string;
    about: string;
    version: number;
    /** Only for operators. */
    numbers: { active: number; finished: number } | null;
    /** The reader's own enrollment. */
    mine: { id: string; stageTitle: string; status: 'active' | 'finished' } | null;
  }[];
};

export const home: Plugin<ServerParts> = {
  name: 'home',
  dependencies: ['auth', 'assets'],
  register(server, { config, control, clock, agent }) {
    server.route({
      method: 'GET',
      path: '/',
      options: { auth: { mode: 'try' } },
      async handler(request, h) {
        const person = readerOrNull(request)?.person ?? null;
        const development = config.environment === 'development';
        const operator = person !== null && isOperator(config, person);
        const mine = person === null ? [] : await control.enrollments({ person: person.id, limit: attemptsMax });
        const data: HomePageData = {
          person: person === null ? null : { email: person.email },
          operator,
          development,
          agent,
          slack: config.slack !== null,
          clockMoves: development && clock.move !== undefined,
          now: await clock.now(),
          programs: inOrder(
            (await control.programs()).map(({ name, title, about, version, active, finished }) => {
              const attempt = currentAttempt(mine.filter((enrollment) => enrollment.program === name));
              return {
                name,
                title,
                about,
                version,
                numbers: operator || development ? { active, finished } : null,
                mine:
                  attempt === null ? null : { id: attempt.id, stageTitle: attempt.stageTitle, status: attempt.status },
              };
            }),
          ),
        };
        return h.response(await page(server.app.assets, { title: 'Programs', script: 'home', data })).type('text/html');
      },
    });
  },
};

/** What the reader takes part in comes first; otherwise by title, as they come. */
function inOrder(programs: HomePageData['programs']): HomePageData['programs'] {
  const isMine = ({ mine }: HomePageData['programs'][number]): number => Number(mine?.status === 'active');
  return [...programs].sort((a, b) => isMine(b) - isMine(a));
}
