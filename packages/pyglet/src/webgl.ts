/** The face of WebGL: a WebGL2RenderingContext without a browser, and what programs for the web ask for beside it. */
export { Canvas, createContext } from "./webgl/canvas.ts";
export type { ErrorListener } from "./webgl/context/core.ts";
export { type ContextOptions, WebGL2RenderingContext } from "./webgl/context.ts";
export {
  WebGLActiveInfo,
  WebGLBuffer,
  WebGLFramebuffer,
  WebGLObject,
  WebGLProgram,
  WebGLQuery,
  WebGLRenderbuffer,
  WebGLSampler,
  WebGLShader,
  WebGLShaderPrecisionFormat,
  WebGLSync,
  WebGLTexture,
  WebGLTransformFeedback,
  WebGLUniformLocation,
  WebGLVertexArrayObject,
} from "./webgl/objects.ts";
export type { ContextAttributes } from "./webgl/surface.ts";
