/** three.js and regl, unmodified, on a canvas without a window: what they draw has the colours it must have. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { Canvas, createContext } from "ctypes-pyglet/webgl";

/** It has no types of its own. */
const three: any = await import("three" as string);
const SIZE = 64;

/** The colour at a place, from the left and from the top. */
function colourOf(canvas: Canvas, x: number, y: number): number[] {
  const picture = canvas.pixels();
  assert.ok(picture !== null);
  const at = 4 * (y * canvas.width + x);
  return [...picture.data.subarray(at, at + 4)];
}

function isNear(seen: readonly number[], wanted: readonly number[]): void {
  const isSame = seen.every((value, i) => Math.abs(value - (wanted[i] as number)) <= 3);
  assert.ok(isSame, `${seen} instead of ${wanted}`);
}

describe("libraries for WebGL, without a browser", () => {
  test("three.js lights a ball, with its shadow on the ground", () => {
    const canvas = new Canvas(2 * SIZE, 2 * SIZE);
    const context = canvas.getContext("webgl2", { antialias: false, preserveDrawingBuffer: true });
    const renderer = new three.WebGLRenderer({ canvas: canvas as never, context: context as never });
    renderer.setSize(2 * SIZE, 2 * SIZE, false);
    renderer.shadowMap.enabled = true;
    const scene = new three.Scene();
    scene.background = new three.Color(0x204060);
    const ball = new three.Mesh(
      new three.SphereGeometry(1, 32, 16),
      new three.MeshLambertMaterial({ color: 0xff0000 }),
    );
    ball.position.y = 2;
    ball.castShadow = true;
    const ground = new three.Mesh(new three.PlaneGeometry(8, 8), new three.MeshLambertMaterial({ color: 0xffffff }));
    ground.rotation.x = -Math.PI / 2;
    ground.receiveShadow = true;
    const sun = new three.DirectionalLight(0xffffff, 3);
    sun.position.set(0, 8, 0);
    sun.castShadow = true;
    scene.add(ball, ground, sun);
    const camera = new three.PerspectiveCamera(50, 1, 0.1, 50);
    camera.position.set(0, 5, 9);
    camera.lookAt(0, 1, 0);
    renderer.render(scene, camera);
    assert.equal(context?.getError(), 0);

    isNear(colourOf(canvas, 2, 2), [0x20, 0x40, 0x60, 255]);
    const lit = (x: number, y: number) => {
      const { x: right, y: up } = new three.Vector3(x, 0, y).project(camera);
      return colourOf(canvas, Math.round((right + 1) * SIZE), Math.round((1 - up) * SIZE));
    };
    const [top] = [new three.Vector3(0, 2.8, 0.5).project(camera)];
    const onBall = colourOf(canvas, SIZE, Math.round((1 - top.y) * SIZE));
    assert.ok((onBall[0] as number) > 100 && onBall[1] === 0 && onBall[2] === 0, `the ball is red: ${onBall}`);
    const [inLight, inShadow] = [lit(3, 0), lit(0, 0.7)];
    assert.ok((inLight[0] as number) > 200, `the ground is lit: ${inLight}`);
    assert.ok((inShadow[0] as number) < 40, `the ball throws its shadow: ${inShadow}`);
    renderer.dispose();
  });

  test("three.js draws to a texture first, and shows it by another pass", () => {
    const canvas = new Canvas(SIZE, SIZE);
    const context = canvas.getContext("webgl2", { preserveDrawingBuffer: true });
    const renderer = new three.WebGLRenderer({ canvas: canvas as never, context: context as never });
    renderer.setSize(SIZE, SIZE, false);
    const target = new three.WebGLRenderTarget(SIZE, SIZE);
    const whole = new three.PlaneGeometry(2, 2);
    const camera = new three.OrthographicCamera(-1, 1, 1, -1, 0, 1);
    const first = new three.Scene();
    first.add(new three.Mesh(whole, new three.MeshBasicMaterial({ color: 0x00ff00 })));
    renderer.setRenderTarget(target);
    renderer.render(first, camera);
    renderer.setRenderTarget(null);
    const swapped = new three.ShaderMaterial({
      uniforms: { from: { value: target.texture } },
      vertexShader: "varying vec2 at; void main() { at = uv; gl_Position = vec4(position, 1.0); }",
      fragmentShader:
        "uniform sampler2D from; varying vec2 at; void main() { gl_FragColor = texture2D(from, at).grba; }",
    });
    const second = new three.Scene();
    second.add(new three.Mesh(whole, swapped));
    renderer.render(second, camera);
    assert.equal(context?.getError(), 0);
    isNear(colourOf(canvas, SIZE / 2, SIZE / 2), [255, 0, 0, 255]);
    renderer.dispose();
  });

  test("regl draws a triangle, in a context without a canvas of the page", () => {
    const context = createContext(SIZE, SIZE, { preserveDrawingBuffer: true });
    const makeRegl = createRequire(import.meta.url)("regl") as (options: object) => any;
    const regl = makeRegl({ gl: context });
    const draw = regl({
      vert: "precision mediump float; attribute vec2 place; void main() { gl_Position = vec4(place, 0, 1); }",
      frag: "precision mediump float; uniform vec4 colour; void main() { gl_FragColor = colour; }",
      attributes: { place: [-1, -1, 3, -1, -1, 3] },
      uniforms: { colour: regl.prop("colour") },
      count: 3,
    });
    regl.clear({ color: [0, 0, 0, 1], depth: 1 });
    draw({ colour: [0, 0.5, 1, 1] });
    assert.equal(context.getError(), 0);
    isNear(colourOf(context.canvas as Canvas, SIZE / 2, SIZE / 2), [0, 128, 255, 255]);
    regl.destroy();
  });
});
