"""LibCST's tree → expressions and statements, for source that is newer than the interpreter."""
