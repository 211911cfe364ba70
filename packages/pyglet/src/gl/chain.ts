/**
 * What `gl` has, made at its first use: all functions and constants of OpenGL and GLU are some megabyte of text.
 *
 * V8 keeps an object of some thousand properties in a dictionary, and each use then costs a search. So the object is a
 * chain of prototypes, none of which is that large: then calls of its functions are as fast as calls of variables.
 */
import * as constantsOfGL from "../native/generated/gl.types.ts";
import * as constantsOfGLEXT from "../native/generated/glext.types.ts";
import * as constantsOfGLU from "../native/generated/glu.types.ts";
import { libGL, libGLU } from "../native/generated/libraries.ts";
import { options, whenDebugChanges } from "../options.ts";
import { checked } from "./checked.ts";

type Link = Record<string, unknown>;

/** Below this number V8 keeps the properties of an object in the order of a hidden class. */
const MOST = 700;

/** Functions that were used: where they stand, so that `options.debug_gl` may put others there. */
const used = new Map<string, { readonly link: Link; readonly func: (...args: never[]) => unknown }>();

function put(name: string): void {
  const { link, func } = used.get(name)!;
  const value = options.debug_gl ? checked(name, func) : func;
  Object.defineProperty(link, name, { value, enumerable: true, configurable: true });
}

whenDebugChanges(() => {
  for (const name of used.keys()) put(name);
});

/** Adds links to the chain that ends with `end`, of at most `MOST` properties each; returns the new end. */
function chained<T>(end: object, entries: readonly T[], add: (link: Link, entry: T) => void): object {
  let last = end;
  for (let from = 0; from < entries.length; from += MOST) {
    const link = Object.create(last) as Link;
    for (const entry of entries.slice(from, from + MOST)) add(link, entry);
    last = link;
  }
  return last;
}

function addConstants(end: object, module: object): object {
  const entries = Object.entries(module).filter(([name]) => /^GLU?_/.test(name));
  return chained(end, entries, (link, [name, value]) => {
    link[name] = value;
  });
}

/** A function is looked up at its first use. */
function addFunctions(end: object, library: object): object {
  const names = Object.keys(library).filter((name) => /^glu?[A-WYZ]/.test(name));
  return chained(end, names, (link, name) => {
    const get = () => {
      used.set(name, { link, func: (library as Record<string, never>)[name] as never });
      put(name);
      return link[name];
    };
    Object.defineProperty(link, name, { get, enumerable: true, configurable: true });
  });
}

/** The chain; `members` are at its end. */
export function chainOf(members: object): object {
  let end: object = Object.assign(Object.create(null), members);
  for (const module of [constantsOfGLU, constantsOfGLEXT, constantsOfGL]) end = addConstants(end, module);
  for (const library of [libGLU, libGL]) end = addFunctions(end, library);
  return end;
}
