/** Visits: libclang calls a callback for each child or member; this file collects them into lists. */
import { lib } from "./config.ts";
import { type CXCursor, CXCursorVisitor, CXFieldVisitor, type CXType } from "./structures.ts";

// CXChildVisit_Continue and CXVisit_Continue: go on to the next, not into this one.
const CONTINUE = 1;

/** The cursors directly below one. */
export function childrenOf(cursor: CXCursor): CXCursor[] {
  return collect(({ children }) => lib().clang_visitChildren(cursor, children, null));
}

/** The members of a structure, union or class. */
export function fieldsOf(type: CXType): CXCursor[] {
  return collect(({ fields }) => lib().clang_Type_visitFields(type, fields, null));
}

// -- Private ---------------------------------------------------------------------------------------

interface Visitors {
  readonly children: InstanceType<typeof CXCursorVisitor>;
  readonly fields: InstanceType<typeof CXFieldVisitor>;
}

// Made once, since making a callback costs more than a visit. The callbacks only collect, so visits never nest.
let visitors: Visitors | undefined;
let visited: CXCursor[] = [];

function collect(visit: (visitors: Visitors) => unknown): CXCursor[] {
  visitors ??= {
    children: new CXCursorVisitor((child) => {
      visited.push(child);
      return CONTINUE;
    }),
    fields: new CXFieldVisitor((field) => {
      visited.push(field);
      return CONTINUE;
    }),
  };
  visited = [];
  visit(visitors);
  const found = visited;
  visited = [];
  return found;
}
