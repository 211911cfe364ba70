/** Options of connections. */
export type IsolationLevel = "" | "DEFERRED" | "IMMEDIATE" | "EXCLUSIVE";

export interface ConnectOptions {
  /** Seconds to wait for a lock; by default 5. */
  timeout?: number;
  /** PARSE_DECLTYPES, PARSE_COLNAMES, both, or 0. */
  detect_types?: number;
  /** How transactions begin by themselves; null begins none. */
  isolation_level?: IsolationLevel | null;
  /** How many statements are kept for use again; by default 128. */
  cached_statements?: number;
  /** Whether the name may be a URI. */
  uri?: boolean;
}

export interface BackupOptions {
  /** Pages at a time; by default all. */
  pages?: number;
  progress?: ((status: number, remaining: number, total: number) => void) | null;
  /** Which database of the connection; by default `main`. */
  name?: string;
}

/** The statement with which transactions begin at this level; null when none begins by itself. @throws TypeError */
export function beginFor(level: unknown): string | null {
  if (level === null) return null;
  const kind = typeof level === "string" ? level.toUpperCase() : null;
  if (kind === null || !["", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"].includes(kind)) {
    throw new TypeError("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'");
  }
  return `BEGIN ${kind}`;
}
