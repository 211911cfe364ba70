/** All of WebGL 2 is there: each method and constant that TypeScript's declarations of the web have. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createContext, WebGL2RenderingContext } from "../src/webgl.ts";
import { webgl2 } from "./webgl-dom.ts";

const gl = createContext(16, 16);
const any = gl as unknown as Record<string, unknown>;
const { methods, constants, properties } = webgl2();

test("each method of WebGL 2 is one of the class", () => {
  assert.ok(methods.size > 200, `${methods.size} methods were read`);
  const missing = [...methods.keys()].filter((name) => typeof any[name] !== "function");
  assert.deepEqual(missing, []);
  assert.deepEqual(
    [...methods.keys()].filter((name) => !Object.hasOwn(WebGL2RenderingContext.prototype, name)),
    [],
  );
});

test("each constant has its value, on contexts and on the class", () => {
  assert.ok(constants.size > 550, `${constants.size} constants were read`);
  const Class = WebGL2RenderingContext as unknown as Record<string, unknown>;
  const wrong = [...constants].filter(([name, value]) => any[name] !== value || Class[name] !== value);
  assert.deepEqual(wrong, []);
});

test("there is no constant that WebGL 2 does not have", () => {
  const ours = Object.keys(WebGL2RenderingContext).filter((name) => /^[A-Z0-9_x]+$/.test(name));
  assert.deepEqual(
    ours.filter((name) => !constants.has(name)),
    [],
  );
});

test("constants cannot be changed", () => {
  assert.throws(() => Object.assign(gl, { TRIANGLES: 5 }), TypeError);
});

test("each property is there", () => {
  assert.deepEqual(
    [...properties].filter((name) => !(name in gl)),
    [],
  );
});

test("a call with too few arguments is a TypeError that says so", () => {
  const silent = [...methods].filter(([name, signatures]) => {
    const required = Math.min(...signatures.map((signature) => signature.required));
    if (required === 0) return false;
    try {
      (any[name] as (...args: unknown[]) => unknown).apply(gl, new Array(required - 1).fill(0));
      return true;
    } catch (error) {
      return !(error instanceof TypeError);
    }
  });
  assert.deepEqual(
    silent.map(([name]) => name),
    [],
  );
  assert.throws(
    () => (gl as unknown as { clear(): void }).clear(),
    /^TypeError: clear\(\): expected 1 arguments, got 0$/,
  );
});

test("contexts and objects are made by no `new`", () => {
  assert.throws(() => new (WebGL2RenderingContext as unknown as new () => unknown)(), /Illegal constructor/);
  const Buffers = gl.createBuffer().constructor as new () => unknown;
  assert.throws(() => new Buffers(), /Illegal constructor/);
  assert.ok(gl instanceof WebGL2RenderingContext);
});
