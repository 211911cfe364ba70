/** `window`: windows, and what goes with them. */

export { ContextException, NoSuchConfigException } from "../gl/config.ts";
export * as key from "../input/key.ts";
export * as mouse from "../input/mouse.ts";
export { NoSuchDisplayException } from "../platform/interface.ts";
export {
  DefaultMouseCursor,
  ImageMouseCursor,
  MouseCursor,
  type PictureSource,
} from "./cursor.ts";
export { type FullscreenParameters, NoSuchScreenModeException } from "./desktop.ts";
export { WindowEventLogger } from "./events.ts";
export { type Projection, Projection2D, Projection3D } from "./projection.ts";
export { Window, type WindowParameters } from "./window.ts";
