/** The error of a call of OpenGL, as `options.debug_gl` has it. */

/** A call that OpenGL refused. */
export class GLException extends Error {
  override readonly name = "GLException";
}
