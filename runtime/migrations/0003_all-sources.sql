-- A program may import fragments from other files; a version keeps every text it was made from.

alter table program_versions add column imports json not null default '[]';
comment on column program_versions.imports is 'The files it imports, as { path, text }; paths are seen from the folder of its own path.';
comment on column program_versions.hash is 'SHA-256 of the source, and of what it imports where it imports something, to know an unchanged text.';
