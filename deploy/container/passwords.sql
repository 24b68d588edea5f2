-- Gives the roles of "syncer roles" the passwords of the environment (psql 14
-- or newer). The log of statements never sees them.
\getenv writer WRITER_PASSWORD
\getenv reader READER_PASSWORD
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
ALTER ROLE syncer_writer PASSWORD :'writer';
ALTER ROLE syncer_reader PASSWORD :'reader';
