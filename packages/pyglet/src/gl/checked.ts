/** Functions of OpenGL with a question for errors after each call, as `options.debug_gl` has them. */
import { libGL, libGLU } from "../native/generated/libraries.ts";
import { PARAMETERS } from "../native/generated/parameters.ts";
import { currentContext } from "./current.ts";
import { GLException } from "./exception.ts";

type Func = (...args: never[]) => unknown;

/** What OpenGL's errors mean, and their names. */
const ERRORS: Readonly<Record<number, string>> = {
  1280: "GL_INVALID_ENUM: the function does not take this constant",
  1281: "GL_INVALID_VALUE: a number is out of range",
  1282: "GL_INVALID_OPERATION: not allowed in the state that OpenGL is in",
  1283: "GL_STACK_OVERFLOW: a stack is full",
  1284: "GL_STACK_UNDERFLOW: a stack is empty",
  1285: "GL_OUT_OF_MEMORY: there is not enough memory",
  1286: "GL_INVALID_FRAMEBUFFER_OPERATION: the framebuffer is not complete",
  1287: "GL_CONTEXT_LOST: the context was lost",
};

/** GL_PATCHES, the last of the modes that glBegin has. */
const LAST_MODE = 14;
/** More errors than one may wait; a context that is lost answers for ever. */
const MOST_ERRORS = 16;

/** The function with the question after it. */
export function checked(name: string, func: Func): Func {
  const isBegin = name === "glBegin";
  const isEnd = name === "glEnd";
  const call = (...args: never[]): unknown => {
    const context = currentContext();
    if (context === null) throw new GLException(`${name}(): no OpenGL context is current; create a Window first`);
    const result = func(...args);
    // With a mode that there is not, nothing begins.
    if (isBegin) context.isBetween = Number(args[0]) >= 0 && Number(args[0]) <= LAST_MODE;
    if (isEnd) context.isBetween = false;
    if (!context.isBetween && name !== "glGetError") throwError(name, args);
    return result;
  };
  // Such as `argtypes`, and `async`.
  return Object.setPrototypeOf(call, func) as Func;
}

function throwError(name: string, args: readonly unknown[]): void {
  const code = libGL.glGetError();
  if (code === 0) return;
  // The next call is not to blame for those that came along.
  for (let more = 0; more < MOST_ERRORS && libGL.glGetError() !== 0; more++);
  throw new GLException(`${name}(${described(name, args)}): ${ERRORS[code] ?? meaning(code)}`);
}

function meaning(code: number): string {
  return String(libGLU.gluErrorString(code) ?? `error ${code}`);
}

/** The arguments with the names of their parameters. */
function described(name: string, args: readonly unknown[]): string {
  const names = parametersOf(name);
  return args.map((value, at) => `${names[at] ?? `argument ${at + 1}`} = ${shown(value, names.types[at])}`).join(", ");
}

function shown(value: unknown, type: string | undefined): string {
  if (typeof value === "number" && /\b(GLenum|GLbitfield)\b/.test(type ?? "")) return `0x${value.toString(16)}`;
  if (typeof value === "string") return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  if (typeof value === "number" || typeof value === "bigint" || value === null) return String(value);
  return (value as object | undefined)?.constructor?.name ?? typeof value;
}

const LONGEST = 40;

/** The names of a function's parameters, and their types. */
function parametersOf(name: string): string[] & { types: string[] } {
  const at = PARAMETERS.indexOf(`\n${name}(`);
  const list = at < 0 ? "" : PARAMETERS.slice(PARAMETERS.indexOf("(", at) + 1, PARAMETERS.indexOf(")\n", at));
  const declared = list.split(", ");
  const names = declared.map((each) => /\w+(?=(\[\d*\])*$)/.exec(each)?.[0] ?? each);
  return Object.assign(names, { types: declared });
}
