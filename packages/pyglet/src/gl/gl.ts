/**
 * `gl`: the functions and constants of OpenGL and GLU under their names, as one object. It has them from its first use
 * on.
 */
import type * as constantsOfGL from "../native/generated/gl.types.ts";
import type * as constantsOfGLEXT from "../native/generated/glext.types.ts";
import type * as constantsOfGLU from "../native/generated/glu.types.ts";
import type { libGL, libGLU } from "../native/generated/libraries.ts";
import { chainOf } from "./chain.ts";
import { Config, type Config as ConfigClass, ContextException, NoSuchConfigException } from "./config.ts";
import { currentContext } from "./current.ts";
import { GLException } from "./exception.ts";

type Functions = Pick<typeof libGL, Extract<keyof typeof libGL, `gl${string}`>> &
  Pick<typeof libGLU, Extract<keyof typeof libGLU, `glu${string}`>>;
type Constants = Pick<typeof constantsOfGL, Extract<keyof typeof constantsOfGL, `GL_${string}`>> &
  Pick<typeof constantsOfGLEXT, Extract<keyof typeof constantsOfGLEXT, `GL_${string}`>> &
  Pick<typeof constantsOfGLU, Extract<keyof typeof constantsOfGLU, `GLU_${string}`>>;
/** What `gl` has. */
export type GL = Readonly<Functions & Constants> & typeof members;

const members = { Config, ContextException, GLException, NoSuchConfigException, current_context: currentContext };

/** Stands at the end of `gl` until something is asked of it, and has the chain put there. */
const unmade: ProxyHandler<object> = {
  get: (_, name) => Reflect.get(made(), name) as unknown,
  has: (_, name) => Reflect.has(made(), name),
  getPrototypeOf: made,
  // For `for … in`, which goes on with what it finds here.
  ownKeys: () => {
    const names: string[] = [];
    for (const name in made()) names.push(name);
    return names;
  },
};

function made(): object {
  const end = Object.getPrototypeOf(gl) as object;
  if (end !== first) return end;
  const chain = chainOf(members);
  Object.setPrototypeOf(gl, chain);
  return chain;
}

const first = new Proxy(Object.create(null) as object, unmade);

/** OpenGL's functions and constants: `gl.glClear(gl.GL_COLOR_BUFFER_BIT)`. */
export const gl: GL = Object.create(first) as GL;
export declare namespace gl {
  export type Config = ConfigClass;
}
