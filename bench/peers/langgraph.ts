/**
 * LangGraph JS with its Postgres checkpointer: a thread for each person, a graph of one node that does the
 * person's turn and keeps their state.
 */
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres';
import pg from 'pg';

const atOnce = 24;
const connections = 10;

export type LangGraph = {
  /** Turns a second. */
  rate(turns: number): Promise<number>;
  close(): Promise<void>;
};

/** Opens the graph on a database of its own. `turn` gives a person's next state. */
export async function openLangGraph<State>(
  databaseUrl: string,
  first: State,
  turn: (state: State) => State,
): Promise<LangGraph> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: connections });
  const checkpointer = new PostgresSaver(pool);
  await checkpointer.setup();
  const Person = Annotation.Root({ person: Annotation<State>() });
  const graph = new StateGraph(Person)
    .addNode('review', ({ person }) => ({ person: turn(person) }))
    .addEdge(START, 'review')
    .addEdge('review', END)
    .compile({ checkpointer });
  let threads = 0;
  return {
    async rate(turns) {
      let next = 0;
      const began = performance.now();
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          while (next < turns) {
            next += 1;
            threads += 1;
            await graph.invoke({ person: first }, { configurable: { thread_id: `t${threads}` } });
          }
        }),
      );
      return (turns / (performance.now() - began)) * 1000;
    },
    close: () => pool.end(),
  };
}
