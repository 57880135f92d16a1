/** The settings of the database that Regimen brings: fit for the machine, and never at the cost of what is written. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { settings } from '../../runtime/postgres/settings.ts';
import { withDatabase } from '../support/database.ts';

const test = suite('settings');

const gigabyte = 1024 ** 3;

test('memory for pages is an eighth of the machine, within bounds', () => {
  const cases: [memory: number, buffers: string][] = [
    [gigabyte / 4, '64MB'],
    [gigabyte, '128MB'],
    [2.5 * gigabyte, '320MB'],
    [64 * gigabyte, '4096MB'],
  ];
  for (const [memory, buffers] of cases) assert.is(settings(5432, memory).shared_buffers, buffers);
});

test('they are in force, and what makes a commit last stays on', () =>
  withDatabase(async (database) => {
    const { sql } = await database.open();
    const inForce = async (name: string) => {
      const [row] = await sql<{ value: string }[]>`select current_setting(${name}) as value`;
      return row?.value;
    };
    for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) assert.is(await inForce(name), 'on', name);
    const { port: _port, ...wanted } = settings(0);
    for (const [name, value] of Object.entries(wanted)) assert.is(await inForce(name), String(value), name);
  }));

test.run();
