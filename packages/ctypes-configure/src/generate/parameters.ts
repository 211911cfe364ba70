/**
 * The names of parameters: those that a declaration gives, or that stand in comments beside their types, as in X11's
 * headers.
 *
 *     extern Window XCreateSimpleWindow(Display* \/* display *\/, Window \/* parent *\/, int \/* x *\/, …);
 */
import { type Cursor, CursorKind, TokenKind } from "ctypes-libclang";
import type { FunctionType, Type } from "./ir.ts";
import { parameterName } from "./names.ts";

/** The names of a function's parameters; none where nothing says any. */
export function parameterNamesOf(cursor: Cursor): readonly string[] {
  const given = cursor.get_arguments().map((argument) => argument.spelling);
  const all = given.some((name) => name === "") ? withComments(given, cursor) : given;
  return all.every((name) => name === "") ? [] : all.map(parameterName);
}

/** A type with the names that a typedef or parameter gives the parameters of a function: `void (*done)(int status)`. */
export function withParameterNames(type: Type, cursor: Cursor): Type {
  if (type.kind !== "function") return type;
  const names = cursor.get_children().filter(({ kind }) => kind === CursorKind.PARM_DECL);
  // Others are those of a function that is the result, or a parameter.
  if (names.length !== type.parameters.length || names.every(({ spelling }) => spelling === "")) return type;
  const parameters = type.parameters.map((parameter, i) => ({
    name: parameterName((names[i] as Cursor).spelling, i),
    type: withParameterNames(parameter.type, names[i] as Cursor),
  }));
  return { ...type, parameters };
}

/** The type of a function, with the names that its parameters' own parameters have. */
export function withNames(type: FunctionType, cursor: Cursor): FunctionType {
  const given = cursor.get_arguments();
  const parameters = type.parameters.map((parameter, i) => {
    const argument = given[i];
    return argument === undefined ? parameter : { ...parameter, type: withParameterNames(parameter.type, argument) };
  });
  return { ...type, parameters };
}

// -- Private ---------------------------------------------------------------------------------------

function withComments(given: readonly string[], cursor: Cursor): readonly string[] {
  const comments = commentsBySegment(cursor);
  return comments.length === given.length ? given.map((name, i) => name || (comments[i] as string)) : given;
}

/** The name in a comment of each parameter, "" where there is none. */
function commentsBySegment(cursor: Cursor): readonly string[] {
  const segments: string[] = [];
  let depth = 0;
  let isAfterComma = false;
  let before = "";
  for (const { kind, spelling } of cursor.get_tokens()) {
    if (kind === TokenKind.COMMENT) {
      const name = /^\/[*/]\s*([A-Za-z_]\w*)\s*(?:\*\/)?$/.exec(spelling)?.[1];
      // A comment after the comma is about the parameter before it, unless that has one.
      const at = segments.length - (isAfterComma && segments.at(-2) === "" ? 2 : 1);
      const isPlace = depth === 1 || (depth === 2 && before === "(*");
      if (name !== undefined && isPlace && at >= 0) segments[at] = name;
      continue;
    }
    isAfterComma = depth === 1 && spelling === ",";
    before = before.slice(-1) + spelling.slice(0, 1);
    if (spelling === "(" && depth++ === 0) {
      if (segments.length === 0) segments.push("");
    } else if (spelling === ")") {
      if (--depth === 0 && segments.length > 0) break;
    } else if (isAfterComma) segments.push("");
  }
  return segments;
}
