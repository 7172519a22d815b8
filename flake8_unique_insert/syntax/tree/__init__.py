"""The interpreter's own syntax tree → expressions and statements: a tenth of the time that LibCST needs."""
