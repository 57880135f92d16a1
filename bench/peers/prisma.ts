/**
 * Prisma's schema compiler (Rust in WebAssembly) on a schema of about as many lines.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { lineCount, type Peer } from './peer.ts';

const require = createRequire(import.meta.url);

/** `mistake` puts the name of a model that does not exist into a relation. */
export function prisma(lines: number, mistake = false): Peer {
  const { validate } = require('@prisma/prisma-schema-wasm') as { validate: (params: string) => void };
  const manifest = require.resolve('@prisma/prisma-schema-wasm/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const text = schema(lines, mistake);
  const params = JSON.stringify({ prismaSchema: [['schema.prisma', text]], noColor: true });
  return {
    name: 'prisma-schema-wasm',
    version,
    does: '`validate` on a schema of models, enums, relations and indexes',
    text,
    lines: lineCount(text),
    validate: () => validate(params),
  };
}

function schema(lines: number, mistake: boolean): string {
  const head = `// A long schema, made to be measured.
datasource db {
  provider = "postgresql"
}

`;
  const one = (index: number, last: boolean) => `/// Part ${index + 1}.
model Part${index + 1} {
  id        Int       @id @default(autoincrement())
  name      String    @db.VarChar(200)
  week      Int       @default(1)
  why       String?
  injured   Boolean   @default(false)
  mood      Mood${index + 1}?
  goal      Float     @default(30)
  begins    DateTime? @db.Date
  weights   Decimal[] @db.Decimal(6, 2)
  createdAt DateTime  @default(now())
  updatedAt DateTime  @updatedAt
  previous  ${index === 0 ? 'Int?' : `${mistake && last ? 'Nobody' : `Part${index}`}? @relation(fields: [previousId], references: [id])`}
  previousId Int?     @unique
${last ? '' : `  next      Part${index + 2}?\n`}  @@index([name, week])
  @@unique([week, createdAt])
  @@map("part_${index + 1}")
}

enum Mood${index + 1} {
  good
  fair
  bad
}

`;
  const each = lineCount(one(1, false));
  const parts = Math.max(2, Math.floor((lines - lineCount(head)) / each));
  return head + Array.from({ length: parts }, (_, index) => one(index, index === parts - 1)).join('');
}
