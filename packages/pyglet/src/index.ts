/** The face: pyglet's modules, under their names. */
export * as app from "./app/app.ts";
export * as clock from "./clock/face.ts";
export * as event from "./event/dispatcher.ts";
export * as key from "./input/key.ts";
export * as mouse from "./input/mouse.ts";
