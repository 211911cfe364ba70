/** The face: pyglet's modules, under their names. */
export * as app from "./app/app.ts";
export * as clock from "./clock/face.ts";
export * as display from "./display/display.ts";
export * as event from "./event/dispatcher.ts";
export * as font from "./font/face.ts";
export { gl } from "./gl/gl.ts";
export * as key from "./input/key.ts";
export * as mouse from "./input/mouse.ts";
export * as xlib from "./native/generated/Xlib.ts";
export { options } from "./options.ts";
export * as text from "./text/face.ts";
export * as window from "./window/face.ts";
